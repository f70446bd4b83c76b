"""Pages served by this process, and tabs of a browser that look at them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from transferleaf.pages.site.address import listen

SCREENS = {"desk": (1280, 900), "phone": (390, 844)}

pytest.importorskip("starlette", reason="the extra serve is not installed")


@pytest.fixture
def served() -> Iterator[Callable[..., str]]:
    """Serves applications on free ports while a test runs, and gives their addresses."""
    from transferleaf.pages.site.running import server_of

    running = []

    def serve(app: Any) -> str:
        address = listen(port=None)
        started = threading.Event()
        server = server_of(app, started=started.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [address.listening]})
        thread.start()
        running.append((server, thread))
        assert started.wait(timeout=30)
        return address.url()

    yield serve
    for server, thread in running:
        server.should_exit = True
        thread.join(timeout=30)


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens an address in a tab of its own.

    The tab keeps what the browser complains of in ``complaints``, and the addresses of all requests
    in ``requests``.
    """
    contexts = []

    def open_(url: str, *, screen: str = "desk", scheme: str = "light", language: str = "en"):
        width, height = SCREENS[screen]
        contexts.append(
            browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                locale=language,
                has_touch=screen == "phone",
                is_mobile=screen == "phone",
                device_scale_factor=2 if screen == "phone" else 1,
            )
        )
        tab = contexts[-1].new_page()
        tab.complaints, tab.requests = [], []
        tab.on("console", lambda message: tab.complaints.append(message.text))
        tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tab.on("request", lambda request: tab.requests.append(request.url))
        tab.goto(url)
        return tab

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def barriers() -> Callable[[Any], list[str]]:
    """Asks axe what of a tab people cannot use, one line for each kind of barrier."""
    module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is absent")

    def look(tab: Any) -> list[str]:
        found = module.Axe().run(tab).response["violations"]
        return [f"{each['id']}: {[node['html'] for node in each['nodes']]}" for each in found]

    return look
