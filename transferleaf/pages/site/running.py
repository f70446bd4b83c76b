"""The server. It runs until Ctrl-C and then ends within seconds."""

from __future__ import annotations

import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from transferleaf.pages.site.address import Address

# Seconds to finish open requests when the server ends.
_END_SECONDS = 2
# Maximum number of open connections, which need memory. A browser opens up to six.
_MOST_CONNECTIONS = 200


def run(app: ASGIApp, address: Address, *, started: Callable[[], None] = lambda: None) -> None:
    """Serve an application until the process is stopped.

    Args:
        app: The application.
        address: Its address.
        started: Called when the server is ready.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed, or the process received SIGTERM, as from ``docker
            stop``. Open requests were finished first.
    """
    server = server_of(app, started=started)
    if threading.current_thread() is not threading.main_thread():  # which cannot handle signals
        server.run(sockets=[address.listening])
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.run(sockets=[address.listening])
    finally:
        signal.signal(signal.SIGTERM, before)


def server_of(app: ASGIApp, *, started: Callable[[], None] = lambda: None) -> uvicorn.Server:
    """Create the server of an application.

    Args:
        app: The application.
        started: Called when the server is ready.
    """
    config = uvicorn.Config(
        app,
        access_log=False,  # do not log who requested what
        http="h11",
        limit_concurrency=_MOST_CONNECTIONS,
        log_config=None,
        log_level="critical",  # `failures` reports errors of the application
        loop="asyncio",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_END_SECONDS,
        ws="none",
    )
    return _Server(config, started)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell_started = started

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Start the server. uvicorn calls this."""
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            self._tell_started()


def can_open_browser() -> bool:
    """Whether a browser can open on a screen of this machine."""
    if not sys.stdout.isatty():
        return False
    # Without a display, Python would open a text browser in the terminal, or none.
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def open_browser(url: str) -> None:
    """Open an address in the user's browser without waiting."""
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
