"""Decoding of a photo file to pixels: upright, RGB, 8 bits, resized.

Training and prediction both use this module, so they get the same pixels.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from transferleaf.datasets.photos.colours import on_white_in_rgb
from transferleaf.datasets.photos.formats import (
    PHOTO_FORMATS,
    begins_as,
    open_heif,
    says_it_is_heif,
)
from transferleaf.datasets.photos.limits import check_limits, too_large, turn_to_decode
from transferleaf.datasets.photos.quiet_pillow import quiet
from transferleaf.errors import ConfigError, PhotoError

Pixels: TypeAlias = npt.NDArray[np.uint8]
ImageSize: TypeAlias = int | tuple[int, int]

_ORIENTATION_TAG = 0x0112
# The operation that makes a photo upright, by EXIF orientation. 1 is upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_photo(path: str | os.PathLike[str], image_size: ImageSize | None = None) -> Pixels:
    """Read a photo as 8-bit RGB, upright.

    The photo is resized to ``image_size`` with an antialiased bilinear filter, as
    ``keras.layers.Resizing(antialias=True)`` does, without keeping the aspect ratio. A JPEG that is
    more than twice as large is decoded at a lower resolution first, which is much faster.
    Transparency becomes white, an animation its first frame, and 16-bit grey is scaled to 8 bits.
    Checksums in the file are not verified; ``check_photo`` does that.

    Reading a photo takes at most 1.1 GB. Photos with more than 24 million pixels are decoded one at
    a time in each process.

    Args:
        path: A JPEG, PNG, WebP, TIFF, BMP, GIF or AVIF file, or HEIC with ``pillow-heif``. The file
            extension does not matter.
        image_size: Height and width, in pixels, or one number for both. ``None`` keeps the size.

    Returns:
        Pixels, shape ``(height, width, 3)``, ``uint8``, RGB in [0, 255].

    Raises:
        PhotoError: The file is missing, damaged, not a photo, or has more than ``PIXEL_LIMIT``
            pixels.
        ConfigError: ``image_size`` is not positive.
    """
    size = None if image_size is None else height_and_width(image_size)
    with opened(Path(path)) as photo:
        whole = photo.width * photo.height
        if size is not None:
            # The sides may be swapped later, so the larger one is requested for both.
            photo.draft(None, (2 * max(size), 2 * max(size)))
        with turn_to_decode(photo, whole=whole):
            return _decoded(photo, size)


def _decoded(photo: Image.Image, size: tuple[int, int] | None) -> Pixels:
    upright = on_white_in_rgb(photo)
    # After loading, because Pillow rotates a TIFF while it loads and removes the orientation.
    orientation = _orientation(photo)
    if orientation in _UPRIGHT:
        upright = upright.transpose(_UPRIGHT[orientation])
    if size is not None and upright.size != size[::-1]:
        upright = upright.resize(size[::-1], Image.Resampling.BILINEAR)
    return np.array(upright)


def check_photo(path: str | os.PathLike[str]) -> None:
    """Raise if a file is not a readable photo, judged by its header and checksums.

    Truncated photos pass. ``read_photo`` finds these.

    Raises:
        PhotoError: The file is missing, not a photo, or has more than ``PIXEL_LIMIT`` pixels.
    """
    with opened(Path(path)) as photo:
        photo.verify()


def height_and_width(image_size: ImageSize) -> tuple[int, int]:
    """Return an image size as height and width.

    Raises:
        ConfigError: The size is not one or two positive whole numbers.

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
def opened(path: Path) -> Iterator[Image.Image]:
    """Open a photo, and convert every error while it is read to a ``PhotoError``."""
    try:
        _check_file(path)
        with quiet(), _image(path) as photo:
            check_limits(path, photo)
            yield photo
    except PhotoError:
        raise
    except Exception as error:  # decoders can raise any exception for damaged files
        raise PhotoError(path, _reason(path, error)) from error


def _check_file(path: Path) -> None:
    facts = path.stat()
    if S_ISDIR(facts.st_mode):
        raise PhotoError(path, f"it is a folder{_why_shut(path)}.")
    if not S_ISREG(facts.st_mode):  # opening a pipe would block
        raise PhotoError(path, "it is a device or a pipe, not a file.")
    if facts.st_size == 0:
        raise PhotoError(path, "the file is empty.")


def _why_shut(folder: Path) -> str:
    # Searches pass on folders that they cannot read, to get the reason here.
    try:
        with os.scandir(folder):
            return ""
    except OSError as error:
        return f" that cannot be read ({(error.strerror or str(error)).lower()})"


def _image(path: Path) -> Image.Image:
    try:
        return Image.open(path, formats=PHOTO_FORMATS)
    except UnidentifiedImageError:
        if not says_it_is_heif(path):
            raise
        return open_heif(path)


def _reason(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file."
    if isinstance(error, PermissionError):
        return "you do not have permission to read it."
    if isinstance(error, Image.DecompressionBombError):
        return too_large("too many pixels")
    if isinstance(error, UnidentifiedImageError):
        kind = begins_as(path)
        if kind == "TIFF":
            return (
                "it is a damaged TIFF image, or of an unsupported kind, such as float colours; "
                "save it with 8 bits per channel."
            )
        if kind is not None:
            return f"it is a damaged {kind} image, or of an unsupported kind."
        return "it is not a JPEG, PNG, WebP, TIFF, BMP, GIF or AVIF image."
    if isinstance(error, MemoryError):
        return "there is not enough memory for it."
    if isinstance(error, OSError) and error.strerror:  # an error of the system, not of Pillow
        return f"the operating system cannot read it ({error.strerror.lower()})."
    return f"it is damaged or in an unusual format ({_first_line(error)})."


def _first_line(error: Exception) -> str:
    # Some errors of decoders have no text, and some quote binary data.
    text = str(error).strip().partition("\n")[0]
    return text[:200] if text else type(error).__name__


def _orientation(photo: Image.Image) -> int:
    try:
        return int(photo.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # EXIF can be damaged although the pixels are fine
        return 1
