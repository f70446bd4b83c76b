"""One photo file read into pixels: upright, RGB, 8 bit, and resized.

Training and prediction both read photos here, so both see the same pixels.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from transferleaf.errors import ConfigError, PhotoError

Pixels: TypeAlias = npt.NDArray[np.uint8]
ImageSize: TypeAlias = int | tuple[int, int]

PIXEL_LIMIT = 89_478_485
"""Photos with more pixels are refused; it is where Pillow starts to warn of a bomb."""

_ORIENTATION_TAG = 0x0112
# What makes a photo upright, by the value of its EXIF orientation; 1 is upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# The largest values that grey photos of many bits are known to use.
_WHITES = (1.0, 255.0, 65535.0)


def read_photo(path: str | os.PathLike[str], image_size: ImageSize | None = None) -> Pixels:
    """Read a photo as upright 8-bit RGB.

    The photo is stretched to ``image_size`` with a bilinear filter that averages when it shrinks,
    as ``keras.layers.Resizing(antialias=True)`` does. A JPEG more than twice as large as that is
    decoded at a lower resolution first, which is much faster. Transparent parts become white, of
    an animation the first frame is taken, and grey photos of 16 bits are scaled to 8. Checksums
    inside the file are left to ``check_photo``.

    Args:
        path: A file in any format that Pillow reads.
        image_size: Side of a square or ``(height, width)``, in pixels; ``None`` keeps the size.

    Returns:
        Pixels, shape ``(height, width, 3)``, ``uint8``, RGB in [0, 255].

    Raises:
        PhotoError: The file is missing, damaged, no photo, or has more than ``PIXEL_LIMIT``
            pixels.
        ConfigError: ``image_size`` is not positive.
    """
    size = None if image_size is None else height_and_width(image_size)
    with _opened(Path(path)) as photo:
        orientation = _orientation(photo)
        if size is not None:
            # Sides swap when the photo is turned, so the larger one is asked for on both.
            photo.draft(None, (2 * max(size), 2 * max(size)))
        upright = _on_white_in_rgb(photo)
        if orientation in _UPRIGHT:
            upright = upright.transpose(_UPRIGHT[orientation])
        if size is not None and upright.size != size[::-1]:
            upright = upright.resize(size[::-1], Image.Resampling.BILINEAR)
        return np.array(upright)


def check_photo(path: str | os.PathLike[str]) -> None:
    """Raise if a file is plainly no readable photo, from its header and checksums only.

    A photo whose end is missing passes; ``read_photo`` finds that.

    Raises:
        PhotoError: The file is missing, no photo, or has more than ``PIXEL_LIMIT`` pixels.
    """
    with _opened(Path(path)) as photo:
        photo.verify()


def height_and_width(image_size: ImageSize) -> tuple[int, int]:
    """Spell out an image size.

    Raises:
        ConfigError: It is not positive, or not one or two whole numbers.

    >>> height_and_width(224), height_and_width((160, 240))
    ((224, 224), (160, 240))
    """
    sides = image_size if isinstance(image_size, tuple) else (image_size, image_size)
    whole = all(isinstance(side, (int, np.integer)) for side in sides)
    if len(sides) != 2 or not whole or min(sides) < 1:
        raise ConfigError(
            "image_size", image_size, "be a positive whole number or (height, width) of them"
        )
    return int(sides[0]), int(sides[1])


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """Open a photo, and turn whatever goes wrong while it is read into a ``PhotoError``."""
    try:
        with Image.open(path) as photo:
            _check_pixels(path, photo)
            yield photo
    except PhotoError:
        raise
    except Exception as error:  # a decoder may fail in any way on a damaged file
        raise PhotoError(path, _reason(path, error)) from error


def _check_pixels(path: Path, photo: Image.Image) -> None:
    pixels = photo.width * photo.height
    if pixels > PIXEL_LIMIT:
        raise PhotoError(path, _too_large(f"{pixels:,} pixels ({photo.width} x {photo.height})"))


def _too_large(pixels: str) -> str:
    return f"it has {pixels}, more than {PIXEL_LIMIT:,}; scale it down first."


def _reason(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file."
    if isinstance(error, IsADirectoryError):
        return "it is a folder."
    if isinstance(error, PermissionError):
        return "you may not read it."
    if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
        return _too_large("too many pixels")
    if path.is_file() and path.stat().st_size == 0:
        return "the file is empty."
    if isinstance(error, UnidentifiedImageError):
        return "it is in no image format that Pillow reads."
    return f"it is damaged or in an unusual format ({error})."


def _orientation(photo: Image.Image) -> int:
    try:
        return int(photo.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # EXIF is often damaged in ways of its own while the pixels are fine
        return 1


def _on_white_in_rgb(photo: Image.Image) -> Image.Image:
    if photo.mode == "RGB" and "transparency" not in photo.info:
        photo.load()
        return photo
    if photo.mode.startswith(("I", "F")):
        return Image.fromarray(_grey_to_8_bit(photo)).convert("RGB")
    if not photo.has_transparency_data:
        return photo.convert("RGB")
    seen = photo.convert("RGBA")
    white = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(white, seen).convert("RGB")


def _grey_to_8_bit(photo: Image.Image) -> Pixels:
    """Scale grey of 16 or 32 bits; Pillow's own conversion clips it at 255 instead."""
    grey = np.asarray(photo, dtype=np.float64)
    if photo.mode.startswith("I;16"):
        white = 65535.0
    else:
        # 32-bit files do not say what value white has, so the smallest usual one is taken.
        fitting = [white for white in _WHITES if grey.max() <= white]
        if not fitting or not grey.min() >= 0:
            raise ValueError(f"grey values from {grey.min():g} to {grey.max():g}")
        white = fitting[0] if photo.mode == "F" else max(fitting[0], 255.0)
    scaled: Pixels = np.rint(grey * (255.0 / white)).astype(np.uint8)
    return scaled
