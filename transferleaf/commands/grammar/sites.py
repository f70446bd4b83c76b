"""The options ``--host``, ``--port``, ``--token`` and ``--open`` of commands that serve a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from transferleaf.commands.grammar.ending import when_stopped
from transferleaf.pages.site.address import LOOPBACK, USUAL_PORT, Address, is_loopback, listen
from transferleaf.pages.site.needs import need_site_packages
from transferleaf.text.terminal import Terminal

if TYPE_CHECKING:  # they need the extra
    from starlette.types import ASGIApp

    from transferleaf.pages.site.access import Access

Host = Annotated[
    str, typer.Option(metavar="HOST", help="Address to listen on; 0.0.0.0 for the whole network.")
]
Port = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, metavar="N", help="Port.", show_default=f"{USUAL_PORT}, or any free one"
    ),
]
Token = Annotated[
    str | None,
    typer.Option(
        metavar="TOKEN|none",
        envvar="TRANSFERLEAF_TOKEN",
        show_envvar=True,
        help="Token that visitors need.",
        show_default="none on this machine, else a random one",
    ),
]
OpenBrowser = Annotated[
    bool | None,
    typer.Option(
        "--open/--no-open", help="Open the page in a browser.", show_default="where there is one"
    ),
]
DEFAULT_HOST = LOOPBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The address of a page, and who has access.

    Attributes:
        address: The address, with an open port.
        access: Who has access.
        browser: Whether to open a browser. With ``None``, it opens if this machine has a display.
    """

    address: Address
    access: Access
    browser: bool | None

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *error: object) -> None:
        """Close the port."""
        self.address.listening.close()

    def serve(self, app: ASGIApp, *, title: str, stopped: Callable[[], str]) -> None:
        """Serve an application until Ctrl-C, and print its address.

        Args:
            app: The application.
            title: What is served, such as the name of a model.
            stopped: Returns what is kept, as the end of the sentence that begins with "Stopped".

        Raises:
            Exit: With 130, after Ctrl-C.
        """
        from transferleaf.pages.site.running import can_open_browser, open_browser, run

        url = self.address.url(self.access.token)

        def tell() -> None:
            # Without line breaks, because users copy it from here.
            Terminal(highlight=False, soft_wrap=True).print(
                f"{escape(title)}: {escape(url)}\nPress Ctrl-C to stop."
            )
            if can_open_browser() if self.browser is None else self.browser:
                open_browser(url)

        with when_stopped(stopped):
            run(app, self.address, started=tell)


def open_site(
    *, host: str, port: int | None, token: str | None, browser: bool | None, why: str
) -> Site:
    """Open the port and set the access control before large imports. For ``with``.

    Args:
        host: The option ``--host``.
        port: The option ``--port``.
        token: The option ``--token``.
        browser: The option ``--open``.
        why: What needs the packages of a server, as the beginning of a sentence.

    Raises:
        MissingExtraError: A package is not installed.
        ConfigError: An option is invalid.
    """
    need_site_packages(why)
    from transferleaf.pages.site.access import Access

    access = Access.at(host, token)
    address = listen(host, port)
    if not is_loopback(host):
        _warn(access)
    return Site(address=address, access=access, browser=browser)


def _warn(access: Access) -> None:
    who = (
        "without a token, all of it can see this page"
        if access.token is None
        else "only those who know the token can see this page, which travels unencrypted"
    )
    Terminal(stderr=True).print(
        f"[bold yellow]warning:[/bold yellow] this listens on the network: {who}.",
        highlight=False,
        soft_wrap=True,
    )
