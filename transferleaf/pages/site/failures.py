"""Answers to requests that fail: JSON with a stable code, or a page for people."""

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

# Of errors that Starlette raises itself.
_CODES = {404: "not_found", 405: "wrong_method"}


class JsonAnswer(JSONResponse):
    """JSON in ASCII: a file name that is no valid Unicode still has a representation."""

    def render(self, content: Any) -> bytes:
        """Write the values; called by Starlette."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


class Refused(HTTPException):
    """A request that is answered with an error.

    Args:
        status: Of HTTP, such as 413.
        code: What programs go by, such as ``"too_large"``. It never changes.
        message: For people: what was wrong, and what to do.
        headers: Further headers of the answer.
    """

    def __init__(
        self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, detail=message, headers=dict(headers or {}))
        self.code = code


def refusal(request: Request, error: Exception) -> Response:
    """Answer with an error, whatever it is; for ``exception_handlers`` of Starlette."""
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
    # Only browsers that open an address ask for a page; scripts and programs take anything.
    if "text/html" in request.headers.get("accept", ""):
        page = SITE.page(request, "failure.html.j2", status=status, code=code, message=message)
        page.headers.update(headers or {})
        return page
    return JsonAnswer({"error": {"code": code, "message": message}}, status, headers)
