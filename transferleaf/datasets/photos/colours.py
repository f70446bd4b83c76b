"""Conversion of all colour modes to 8-bit RGB."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

# Maximum values that are usual in grey photos with more than 8 bits.
_WHITES = (1.0, 255.0, 65535.0)
# 12-bit cameras use values up to 4,095 of 65,535, which is 16 of 255 and looks black.
_BLACK = 16


def on_white_in_rgb(photo: Image.Image) -> Image.Image:
    """Return a photo as RGB. Transparent pixels become white.

    Raises:
        ValueError: The colours are not supported.
    """
    deep = _has_16_bits(photo)  # unknown to Pillow after it loads the photo
    seen = _in_rgb(photo)
    extrema: Any = seen.getextrema()
    if deep and 0 < max(high for _, high in extrema) <= _BLACK:
        raise ValueError(
            "its 16-bit values end below 4,096 of 65,535, as with 12-bit cameras, and would look "
            "black; scale them up"
        )
    return seen


def _has_16_bits(photo: Image.Image) -> bool:
    return photo.mode.startswith("I;16") or any(
        ";16" in str(tile) for tile in getattr(photo, "tile", ())
    )


def _in_rgb(photo: Image.Image) -> Image.Image:
    if photo.mode == "RGB" and "transparency" not in photo.info:
        photo.load()
        return photo
    if photo.mode.startswith(("I", "F")):
        return Image.fromarray(_grey_to_8_bit(photo)).convert("RGB")
    if photo.mode == "LAB":
        return _lab_to_rgb(photo)
    if not photo.has_transparency_data:
        return photo.convert("RGB")
    seen = photo.convert("RGBA")
    white = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(white, seen).convert("RGB")


def _grey_to_8_bit(photo: Image.Image) -> npt.NDArray[np.uint8]:
    """Scale grey values of 16 or 32 bits. Pillow would clip them at 255."""
    grey = np.asarray(photo)
    if photo.mode.startswith("I;16"):
        white = 65535.0
    else:
        # 32-bit files do not contain the value of white, so the smallest usual one is used.
        fitting = [white for white in _WHITES if grey.max() <= white]
        if not fitting or not grey.min() >= 0:
            raise ValueError(f"grey values from {grey.min():g} to {grey.max():g}")
        white = fitting[0] if photo.mode == "F" else max(fitting[0], 255.0)
    scaled = np.empty(grey.shape, np.uint8)
    # Row by row, because intermediate values take eight times the memory.
    for row, values in enumerate(grey):
        scaled[row] = np.rint(values * np.float64(255.0 / white))
    return scaled


def _lab_to_rgb(photo: Image.Image) -> Image.Image:
    """Convert LAB to RGB with colour profiles, as Pillow has no other conversion."""
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    seen = ImageCms.applyTransform(photo, ImageCms.buildTransform(lab, srgb, "LAB", "RGB"))
    if seen is None:
        raise ValueError("LAB colours that cannot be converted to RGB")
    return seen
