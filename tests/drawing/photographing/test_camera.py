from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from transferleaf.drawing import variation
from transferleaf.drawing.photographing.camera import develop, jpeg_bytes


@pytest.fixture
def ideal_camera(monkeypatch):
    """A camera that neither blurs nor tints nor adds noise."""
    for span in ("EXPOSURE", "SATURATION"):
        monkeypatch.setattr(variation, span, (1.0, 1.0))
    for span in ("DEFOCUS", "SENSOR_NOISE"):
        monkeypatch.setattr(variation, span, (0.0, 0.0))
    monkeypatch.setattr(variation, "WHITE_BALANCE", 0.0)


def shot(brightness):
    """Return the brightness in a photo of a uniform surface."""
    seen = np.full((40, 40, 3), brightness, np.float32)
    photo = develop(seen, np.random.default_rng(0), 32)
    return np.asarray(photo, float).mean() / 255


def test_an_ideal_camera_shows_what_is_there(ideal_camera):
    assert shot(0.5) == pytest.approx(0.5, abs=0.003)


def test_highlights_are_rolled_off_and_stay_apart(ideal_camera):
    assert 0.85 < shot(0.95) < shot(1.1) < 1


def test_exposure_brightens(ideal_camera, monkeypatch):
    monkeypatch.setattr(variation, "EXPOSURE", (1.4, 1.4))

    assert shot(0.5) == pytest.approx(0.7, abs=0.003)


def test_a_photo_is_reduced_to_the_requested_size():
    photo = develop(np.zeros((50, 50, 3), np.float32), np.random.default_rng(0), 40)

    assert (photo.mode, photo.size) == ("RGB", (40, 40))


def test_a_photo_is_encoded_as_jpeg():
    encoded = jpeg_bytes(Image.new("RGB", (32, 32), (40, 120, 60)))

    with Image.open(io.BytesIO(encoded)) as photo:
        assert (photo.format, photo.size) == ("JPEG", (32, 32))
