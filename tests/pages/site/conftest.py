"""A small application, to show what all pages share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from transferleaf.errors import ModelFileError
from transferleaf.pages.site.access import Access
from transferleaf.pages.site.application import application


async def greet(request: Request) -> Response:
    return PlainTextResponse("hello")


async def count(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def fail(request: Request) -> Response:
    raise ModelFileError(Path("leaf.onnx"), "it is damaged.")


async def hang_up(request: Request) -> Response:
    raise ClientDisconnect


async def stumble(request: Request) -> Response:
    raise RuntimeError("a secret")


@pytest.fixture
def app_with() -> Callable[..., Any]:
    """Makes the application for an access."""

    def make(access: Access | None = None) -> Any:
        routes = [
            Route("/", greet),
            Route("/count", count, methods=["POST"]),
            Route("/fail", fail),
            Route("/hang-up", hang_up),
            Route("/stumble", stumble),
        ]
        static = Path(__file__).parent
        return application(routes, static=static, access=access or Access(), max_body=100)

    return make


@pytest.fixture
def client(app_with) -> Callable[..., TestClient]:
    """Asks the application from its own machine, unless another address is named."""

    def make(access: Access | None = None, *, at: str = "http://127.0.0.1:7530") -> TestClient:
        return TestClient(
            app_with(access), base_url=at, raise_server_exceptions=False, follow_redirects=False
        )

    return make
