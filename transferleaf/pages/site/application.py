"""A web application from routes, with access control, headers, limits and static files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from transferleaf.errors import TransferLeafError
from transferleaf.pages.site.access import Access, Guard
from transferleaf.pages.site.body_limit import BodyLimit
from transferleaf.pages.site.failures import refusal
from transferleaf.pages.site.headers import SecureHeaders

_SHARED = Path(__file__).parent / "static"


def application(
    routes: Sequence[BaseRoute],
    *,
    static: Path,
    access: Access,
    max_body: int,
    lifespan: Any = None,
) -> ASGIApp:
    """Create the web application of a page.

    Args:
        routes: Its routes.
        static: Folder of its files, at ``/static/page``. Shared files are at ``/static/site``.
        access: Who has access.
        max_body: Maximum size of a request in bytes.
        lifespan: Lifespan handler of Starlette.
    """
    inner = Starlette(
        routes=[
            *routes,
            Mount("/static/site", StaticFiles(directory=_SHARED)),
            Mount("/static/page", StaticFiles(directory=static)),
        ],
        middleware=[
            Middleware(Guard, access),
            Middleware(BodyLimit, max_body),
        ],
        exception_handlers={
            HTTPException: refusal,
            TransferLeafError: refusal,
            ClientDisconnect: _closed,
            Exception: refusal,
        },
        lifespan=lifespan,
    )
    # Outside of Starlette, because its response to an unexpected error skips middleware.
    return SecureHeaders(inner)


def _closed(request: Request, error: Exception) -> Response:
    """Answer a client that has closed the connection while it was sending. Nobody reads it."""
    return Response(status_code=400)
