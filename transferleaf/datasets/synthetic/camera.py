"""From light to file: exposure, white balance, focus, noise, and the JPEG."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from transferleaf.datasets.synthetic import variation
from transferleaf.datasets.synthetic.texture import Field
from transferleaf.datasets.synthetic.variation import pick

JPEG_QUALITY = 90


def develop(seen: Field, rng: np.random.Generator, size: int) -> Image.Image:
    """Turn what the lens sees into a photo of ``size`` pixels a side.

    Args:
        seen: Shape ``(side, side, 3)``, RGB in [0, 1]; ``side`` at least ``size``.
        rng: Draws exposure, white balance, focus and noise.
        size: Side of the photo in pixels.
    """
    gains = np.exp(rng.normal(0, variation.WHITE_BALANCE, 3) * [1, 0.3, 1])
    exposed = seen * (pick(rng, variation.EXPOSURE) * gains).astype(np.float32)
    picture = Image.fromarray((_filmic(exposed) * 255 + 0.5).astype(np.uint8))
    picture = picture.resize((size, size), Image.Resampling.BICUBIC)
    picture = ImageEnhance.Color(picture).enhance(pick(rng, variation.SATURATION))
    blur = ImageFilter.GaussianBlur(pick(rng, variation.DEFOCUS) * size / 256)
    grain = 255 * pick(rng, variation.SENSOR_NOISE)
    brightness = grain * rng.standard_normal((size, size, 1), np.float32)
    hue = grain / 3 * rng.standard_normal((size, size, 3), np.float32)
    noisy = np.asarray(picture.filter(blur), np.float32) + brightness + hue
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def _filmic(colours: Field) -> Field:
    """Roll highlights off softly instead of clipping them."""
    return np.minimum(colours, 0.8) + 0.2 * np.tanh(np.maximum(colours - 0.8, 0) / 0.2)


def jpeg_bytes(photo: Image.Image) -> bytes:
    """Encode a photo as JPEG."""
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()
