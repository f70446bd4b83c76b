"""The application with the stand-in model, its clients, and photos of one colour."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from tests.pages.trying.stand_in import ColourModel
from transferleaf.pages.site.access import Access
from transferleaf.pages.trying.application import trying
from transferleaf.pages.trying.asked_model import AskedModel

RED, GREEN, BLUE = (220, 20, 20), (20, 200, 20), (20, 20, 220)
YELLOW, GREY = (150, 110, 10), (120, 120, 120)


def photo_of(colour: tuple[int, int, int], *, form: str = "JPEG", size: int = 32) -> bytes:
    """A photo of one colour, as the bytes of a file."""
    buffer = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(buffer, form)
    return buffer.getvalue()


@pytest.fixture
def app_of() -> Callable[..., Any]:
    """Makes the application of a model, by default of the stand-in."""

    def make(model: Any = None, *, path: Path = Path("leaf.keras"), **options: Any) -> Any:
        asked = AskedModel.of(model or ColourModel(), path)
        return trying(asked, access=options.pop("access", Access()), **options)

    return make


@pytest.fixture
def client(app_of) -> Callable[..., TestClient]:
    """Asks an application; see ``app_of``."""

    def make(*arguments: Any, **options: Any) -> TestClient:
        return TestClient(app_of(*arguments, **options), base_url="http://127.0.0.1:7530")

    return make
