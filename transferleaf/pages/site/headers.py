"""Headers of every answer: nothing is loaded from elsewhere, and no other site shows a page."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",  # photos that the browser has and the server has not
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
# A browser asks whether a file has changed, so that a new version of the package shows at once.
_ASK_AGAIN, _KEEP_NOTHING = "no-cache", "no-store"
_STATIC = "/static/"


@dataclass(frozen=True, slots=True)
class SecureHeaders:
    """Adds the headers to all answers of an application, its errors included.

    Attributes:
        app: The application.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, and add headers to what comes back; called by Starlette."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                static = scope["path"].startswith(_STATIC)
                headers.setdefault("cache-control", _ASK_AGAIN if static else _KEEP_NOTHING)
            await send(message)

        await self.app(scope, receive, send_with_headers)
