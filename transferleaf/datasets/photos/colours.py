"""Whatever colours a photo is stored in, turned into 8-bit RGB."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

# The largest values that grey photos of many bits are known to use.
_WHITES = (1.0, 255.0, 65535.0)
# Cameras of 12 bits reach 4,095 of 65,535, which is 16 of 255: black to any eye.
_BLACK = 16


def on_white_in_rgb(photo: Image.Image) -> Image.Image:
    """Return a photo as RGB, what is transparent as white.

    Raises:
        ValueError: Its colours cannot be told.
    """
    deep = _has_16_bits(photo)  # which Pillow forgets when it loads a photo
    seen = _in_rgb(photo)
    extrema: Any = seen.getextrema()
    if deep and 0 < max(high for _, high in extrema) <= _BLACK:
        raise ValueError(
            "its 16-bit values end below 4,096 of 65,535, as those of 12-bit cameras do, and would "
            "be black; scale them up"
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
    """Scale grey of 16 or 32 bits; Pillow's own conversion clips it at 255 instead."""
    grey = np.asarray(photo)
    if photo.mode.startswith("I;16"):
        white = 65535.0
    else:
        # 32-bit files do not say what value white has, so the smallest usual one is taken.
        fitting = [white for white in _WHITES if grey.max() <= white]
        if not fitting or not grey.min() >= 0:
            raise ValueError(f"grey values from {grey.min():g} to {grey.max():g}")
        white = fitting[0] if photo.mode == "F" else max(fitting[0], 255.0)
    scaled = np.empty(grey.shape, np.uint8)
    # Row by row, as the numbers on the way take eight times the room.
    for row, values in enumerate(grey):
        scaled[row] = np.rint(values * np.float64(255.0 / white))
    return scaled


def _lab_to_rgb(photo: Image.Image) -> Image.Image:
    """Pillow converts LAB by colour profiles alone."""
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    seen = ImageCms.applyTransform(photo, ImageCms.buildTransform(lab, srgb, "LAB", "RGB"))
    if seen is None:
        raise ValueError("LAB colours that have no counterpart in RGB")
    return seen
