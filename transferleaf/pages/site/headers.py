"""Security headers: nothing is loaded from other servers, and no other site can embed a page."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",  # photos that only the browser has
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
# Browsers check whether a file has changed, so that a new version of the package takes effect.
_ASK_AGAIN, _KEEP_NOTHING = "no-cache", "no-store"
_STATIC = "/static/"


@dataclass(frozen=True, slots=True)
class SecureHeaders:
    """Middleware that adds the headers to all responses, including errors.

    Attributes:
        app: The application.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add headers to a response. Starlette calls this."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                static = scope["path"].startswith(_STATIC)
                headers.setdefault("cache-control", _ASK_AGAIN if static else _KEEP_NOTHING)
            await send(message)

        await self.app(scope, receive, send_with_headers)
