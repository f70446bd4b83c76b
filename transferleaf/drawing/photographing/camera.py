"""The camera: exposure, white balance, focus, noise and JPEG encoding."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from transferleaf.drawing import texture, variation
from transferleaf.drawing.texture import Field
from transferleaf.drawing.variation import pick

JPEG_QUALITY = 90

_SHOULDER = 0.8  # brighter than this, highlights are rolled off instead of clipped


def develop(seen: Field, rng: np.random.Generator, size: int) -> Image.Image:
    """Return a photo of ``size`` x ``size`` pixels from a camera of random quality.

    Args:
        seen: The scene, shape ``(side, side, 3)``, RGB in [0, 1].
        rng: Random generator.
        size: Side of the photo in pixels, at most that of ``seen``.
    """
    gains = pick(rng, variation.EXPOSURE) * np.exp(rng.normal(0, variation.WHITE_BALANCE, 3))
    exposed = _rolled_off(seen * gains.astype(np.float32))
    photo = texture.picture(exposed).resize((size, size), Image.Resampling.BICUBIC)
    photo = ImageEnhance.Color(photo).enhance(pick(rng, variation.SATURATION))
    focus = ImageFilter.GaussianBlur(pick(rng, variation.DEFOCUS) * size / 256)
    return texture.picture(texture.colours(photo.filter(focus)) + _noise(rng, size))


def _rolled_off(bright: Field) -> Field:
    room = np.float32(1 - _SHOULDER)
    above = np.maximum(bright - np.float32(_SHOULDER), 0)
    rolled: Field = np.minimum(bright, _SHOULDER) + room * np.tanh(above / room)
    return rolled


def _noise(rng: np.random.Generator, size: int) -> Field:
    """Return noise in brightness, and weaker noise in colour, as in camera images."""
    strength = np.float32(pick(rng, variation.SENSOR_NOISE))
    brightness = rng.standard_normal((size, size, 1), np.float32)
    hue = rng.standard_normal((size, size, 3), np.float32)
    return strength * (brightness + hue / 3)


def jpeg_bytes(photo: Image.Image) -> bytes:
    """Encode a photo as JPEG."""
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()
