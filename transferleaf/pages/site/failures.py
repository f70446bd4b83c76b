"""Responses to failed requests: JSON with a stable code, or an HTML page."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from transferleaf.errors import TransferLeafError
from transferleaf.pages.site.layout import SITE

_LOG = logging.getLogger(__name__)

# Codes of errors that Starlette raises.
_CODES = {404: "not_found", 405: "wrong_method"}


class JsonAnswer(JSONResponse):
    """JSON in ASCII, which can represent file names that are not valid Unicode."""

    def render(self, content: Any) -> bytes:
        """Serialise the values. Starlette calls this."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


class Refused(HTTPException):
    """An error response to a request.

    Args:
        status: HTTP status, such as 413.
        code: Stable code for programs, such as ``"too_large"``.
        message: Message for people: what is wrong, and what to do.
        headers: More headers of the response.
    """

    def __init__(
        self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, detail=message, headers=dict(headers or {}))
        self.code = code


def refusal(request: Request, error: Exception) -> Response:
    """Return the response to any error, for ``exception_handlers`` of Starlette."""
    if isinstance(error, HTTPException):
        code = getattr(error, "code", _CODES.get(error.status_code, "bad_request"))
        return _answer(request, error.status_code, code, error.detail, error.headers)
    if isinstance(error, TransferLeafError):
        return _answer(request, 500, "failed", str(error))
    _LOG.error("unexpected error at %s", request.url.path, exc_info=error)
    return _answer(request, 500, "internal", "an unexpected error; the terminal shows it.")


def _answer(
    request: Request,
    status: int,
    code: str,
    message: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    # Only navigation in a browser accepts HTML explicitly; scripts and programs accept anything.
    if "text/html" in request.headers.get("accept", ""):
        page = SITE.page(request, "failure.html.j2", status=status, code=code, message=message)
        page.headers.update(headers or {})
        return page
    return JsonAnswer({"error": {"code": code, "message": message}}, status, headers)
