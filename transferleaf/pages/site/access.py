"""Access control: requests need the token, a valid host name and the same origin.

A page of another site can send requests to a server on loopback, because the browser runs on the
same machine. Two headers that such a page cannot forge reveal it: ``Host``, if the attacker's name
resolves to this machine (DNS rebinding), and ``Origin``, if a form of another site posts here.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
import socket
from dataclasses import dataclass, field
from hmac import compare_digest
from urllib.parse import urlsplit

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from transferleaf.errors import ConfigError, Found
from transferleaf.pages.site.address import is_loopback
from transferleaf.pages.site.failures import Refused, refusal

NO_TOKEN = "none"
"""The value that disables the token."""

_TOKEN = re.compile(r"[A-Za-z0-9._~-]{12,200}")
_READING = ("GET", "HEAD", "OPTIONS")
# Values of the header Sec-Fetch-Site for this page and for the address bar.
_OWN = ("same-origin", "none")
# The page that asks for the token needs its style sheet.
_STATIC = "/static/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who has access.

    Attributes:
        token: The required token. With ``None``, everybody who can reach the address has access.
        names: Accepted host names of this machine. IP addresses are always accepted, because they
            cannot be redirected. With a token, all names are accepted.
    """

    token: str | None = field(default=None, repr=False)
    names: frozenset[str] = frozenset({"localhost"})

    @classmethod
    def at(cls, host: str, token: str | None = None) -> Access:
        """Choose the access control for an address.

        Args:
            host: Name or address on which the server listens.
            token: At least 12 letters, digits or ``-._~``; ``"none"`` for no token. With ``None``,
                a random token is created unless ``host`` is loopback.

        Raises:
            ConfigError: The token is too short, or has other characters.
        """
        if token == NO_TOKEN or (token is None and is_loopback(host)):
            secret = None
        else:
            secret = secrets.token_urlsafe(18) if token is None else token
        if secret is not None and not _TOKEN.fullmatch(secret):
            must = f"have 12 to 200 letters, digits or -._~, or be {NO_TOKEN!r}"
            raise ConfigError("token", Found(f"{len(secret)} characters"), must)
        own = socket.gethostname().lower()
        names = {"localhost", host.lower(), own, f"{own}.local"}
        return cls(token=secret, names=frozenset(names))


@dataclass(frozen=True, slots=True)
class Guard:
    """Middleware that refuses requests without access.

    Attributes:
        app: The application.
        access: Who has access.
    """

    app: ASGIApp
    access: Access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request or pass it on. Starlette calls this."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        try:
            answer = self._answer(request)
        except Refused as error:
            answer = refusal(request, error)
        await (answer or self.app)(scope, receive, send)

    def _answer(self, request: Request) -> Response | None:
        if not self._is_own_name(request.headers.get("host", "")):
            told = "this page is not served under this name; use the address in the terminal."
            raise Refused(403, "foreign_host", told)
        if request.method not in _READING and not _is_own_page(request):
            raise Refused(403, "foreign_origin", "the request comes from a page of another site.")
        if self.access.token is None or request.url.path.startswith(_STATIC):
            return None
        given = request.query_params.get("token")
        if given is not None and request.method == "GET" and self._is_token(given):
            return self._remembered(request, given)
        if self._is_token(_sent_token(request, _cookie_name(request))):
            return None
        told = "open the address that the terminal shows, which ends in ?token=... ; programs send "
        raise Refused(401, "token", f"{told}the header 'Authorization: Bearer TOKEN'.")

    def _is_own_name(self, host: str) -> bool:
        name = (urlsplit(f"//{host}").hostname or "") if _is_host(host) else ""
        return bool(name) and (
            _is_number(name) or name in self.access.names or self.access.token is not None
        )

    def _is_token(self, given: str) -> bool:
        token = self.access.token or ""
        return bool(token) and compare_digest(given.encode("utf-8", "replace"), token.encode())

    def _remembered(self, request: Request, token: str) -> Response:
        """Move the token from the visible address to a cookie."""
        rest = URL(str(request.url)).remove_query_params("token")
        # Only one slash, because two would redirect to another host.
        place = f"/{rest.path.lstrip('/')}{'?' if rest.query else ''}{rest.query}"
        answer = RedirectResponse(place, 303)
        # Not "strict", because the browser would not send it after a click on a link in a message.
        answer.set_cookie(_cookie_name(request), token, httponly=True, samesite="lax")
        return answer


def _is_host(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").netloc == host and "@" not in host
    except ValueError:  # brackets without an address
        return False


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_own_page(request: Request) -> bool:
    """Whether a request that changes data comes from this site or from no page."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if site is not None and site not in _OWN:
        return False
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _sent_token(request: Request, cookie: str) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else request.cookies.get(cookie, "")


def _cookie_name(request: Request) -> str:
    # Browsers share cookies among the ports of a host, and each server has its own token.
    return f"transferleaf-{request.url.port or 80}"
