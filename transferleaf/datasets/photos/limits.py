"""Limits of memory and time per photo, checked before it is decoded."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any

from PIL import Image

from transferleaf.errors import PhotoError

PIXEL_LIMIT = 89_478_485
"""Photos with more pixels are refused. From this size on, Pillow warns of a decompression bomb."""

# Larger photos are decoded one at a time per process: a photo with PIXEL_LIMIT pixels takes up to
# 1.1 GB during the conversion to RGB. Phone photos are smaller, because JPEGs are decoded at
# reduced size.
_LARGE = 24_000_000
_one_large_photo = Lock()

# Each scan of a progressive JPEG covers the whole photo and can be only a few bytes long, so 600 kB
# can take minutes. Cameras and web sites write about 10 scans, optimisers a few dozen.
_MOST_SCANS = 100
_SCAN = b"\xff\xda"
_PIECE_BYTES = 1 << 20

# TIFF tags.
_TILE_WIDTH, _TILE_LENGTH = 322, 323


def check_limits(path: Path, photo: Image.Image) -> None:
    """Refuse a photo that would take too much memory or time. It is opened, but not yet decoded.

    Raises:
        PhotoError: The photo or a tile has more than ``PIXEL_LIMIT`` pixels, or a JPEG has more
            scans than any program writes.
    """
    pixels = photo.width * photo.height
    if pixels > PIXEL_LIMIT:
        shown = f"{pixels:,} pixels ({photo.width} x {photo.height})"
        raise PhotoError(path, too_large(shown))
    tile = _pixels_of_a_tile(photo)
    if tile > PIXEL_LIMIT:
        raise PhotoError(path, too_large(f"tiles of {tile:,} pixels"))
    if _is_progressive(photo) and (scans := _scans(path)) > _MOST_SCANS:
        told = f"it has {scans:,} scans, more than {_MOST_SCANS}; save it with fewer scans."
        raise PhotoError(path, told)


def too_large(pixels: str) -> str:
    """Return the message for a photo with too many pixels."""
    return f"it has {pixels}, more than {PIXEL_LIMIT:,}; scale it down first."


def turn_to_decode(photo: Image.Image, *, whole: int) -> AbstractContextManager[Any]:
    """Wait until no other large photo is being decoded, if this one is large.

    Args:
        photo: The photo, possibly opened at a lower resolution.
        whole: Number of pixels in the file.
    """
    # A progressive JPEG is always held in memory at full size.
    decoded = whole if _is_progressive(photo) else photo.width * photo.height
    held = max(decoded, _pixels_of_a_tile(photo))
    return _one_large_photo if held > _LARGE else nullcontext()


def _pixels_of_a_tile(photo: Image.Image) -> int:
    """Return the pixels per tile of a TIFF, which may exceed those of the photo, or 0."""
    tags = getattr(photo, "tag_v2", {})
    sides = [tags.get(tag) for tag in (_TILE_WIDTH, _TILE_LENGTH)]
    width, length = (side if isinstance(side, int) else 0 for side in sides)
    return width * length


def _is_progressive(photo: Image.Image) -> bool:
    return "progressive" in photo.info and photo.format in ("JPEG", "MPO")


def _scans(path: Path) -> int:
    scans, before = 0, b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            scans += (before + piece).count(_SCAN)
            before = piece[-1:]
    return scans
