"""The server: it answers until Ctrl-C, and then ends within seconds."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from transferleaf.pages.site.address import Address

# For answers that are being computed when the server ends.
_END_SECONDS = 2
# Open connections; browsers hold up to six each, and what waits costs memory.
_MOST_CONNECTIONS = 200


def run(app: ASGIApp, address: Address, *, started: Callable[[], None] = lambda: None) -> None:
    """Serve an application until the process is told to end.

    Args:
        app: The application.
        address: Where.
        started: Called once it answers.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed; open answers were finished first.
    """
    server_of(app, started=started).run(sockets=[address.listening])


def server_of(app: ASGIApp, *, started: Callable[[], None] = lambda: None) -> uvicorn.Server:
    """Make the server of an application, which runs with a socket that listens.

    Args:
        app: The application.
        started: Called once it answers.
    """
    config = uvicorn.Config(
        app,
        access_log=False,  # who asked for what is nobody's business
        http="h11",
        limit_concurrency=_MOST_CONNECTIONS,
        log_config=None,
        log_level="critical",  # errors of the application are told by `failures`
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
        """Begin to answer; called by uvicorn."""
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            self._tell_started()


def can_open_browser() -> bool:
    """Whether somebody sits in front of this machine who would see a browser open."""
    if not sys.stdout.isatty():
        return False
    # Elsewhere Python would open a browser of the terminal, or none.
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def open_browser(url: str) -> None:
    """Open an address in the user's browser, without waiting for it."""
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
