"""A limit for the size of requests, checked before and while a body is received."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from transferleaf.pages.site.failures import Refused, refusal


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """Middleware that refuses requests with a large body.

    Attributes:
        app: The application.
        most: Maximum size of a body in bytes.
    """

    app: ASGIApp
    most: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on small requests. Starlette calls this."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        told = request.headers.get("content-length", "")
        if told.isdecimal() and int(told[:20]) > self.most:
            await refusal(request, self._too_large())(scope, receive, send)
            return
        came = 0

        async def receive_at_most() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > self.most:  # the length is missing or wrong
                raise self._too_large()
            return message

        await self.app(scope, receive_at_most, send)

    def _too_large(self) -> Refused:
        told = f"the request has more than {self.most:,} bytes; send fewer or smaller photos."
        return Refused(413, "too_large", told, headers={"connection": "close"})
