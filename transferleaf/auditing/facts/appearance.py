"""Facts from the pixels of a photo: light, sharpness, border, thumbnail and hash."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from transferleaf.auditing.facts.perceptual_hash import perceptual_hash
from transferleaf.auditing.facts.photo_facts import THUMBNAIL_SIDE
from transferleaf.datasets.photos.decoding import Pixels

SIDE = 256
"""Height and width at which photos are measured, in pixels."""

# Grey levels of 255: 5 % and 95 %.
_DARK = 13
_BRIGHT = 242
_HASH_SIDE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """The facts from the pixels of a photo; see ``PhotoFacts``."""

    brightness: float
    dark_share: float
    bright_share: float
    sharpness: float
    border: bytes
    thumbnail: bytes
    perceptual_hash: bytes


def appearance(pixels: Pixels) -> Appearance:
    """Measure a photo.

    Args:
        pixels: Shape ``(256, 256, 3)``, ``uint8``, RGB in [0, 255].

    >>> appearance(np.full((256, 256, 3), 255, np.uint8)).bright_share
    1.0
    """
    photo = Image.fromarray(pixels)
    grey_photo = photo.convert("L")
    grey = np.asarray(grey_photo)
    thumbnail = np.asarray(photo.reduce(SIDE // THUMBNAIL_SIDE))
    return Appearance(
        brightness=round(float(grey.mean()) / 255, 6),
        dark_share=float(np.mean(grey < _DARK)),
        bright_share=float(np.mean(grey > _BRIGHT)),
        sharpness=round(_sharpness(grey), 3),
        border=_border(thumbnail),
        thumbnail=thumbnail.tobytes(),
        perceptual_hash=perceptual_hash(np.asarray(grey_photo.reduce(SIDE // _HASH_SIDE))),
    )


def _sharpness(grey: NDArray[np.uint8]) -> float:
    """Return the variance of the Laplacian."""
    levels = grey.astype(np.int16)
    laplacian = levels[1:-1, 1:-1] * np.int16(-4)
    laplacian += levels[:-2, 1:-1]
    laplacian += levels[2:, 1:-1]
    laplacian += levels[1:-1, :-2]
    laplacian += levels[1:-1, 2:]
    return float(laplacian.var(dtype=np.float32))


def _border(thumbnail: NDArray[np.uint8]) -> bytes:
    """Return four squares per side, clockwise. A corner belongs to the side that begins there."""
    sides = [np.rot90(thumbnail, quarter)[0] for quarter in range(4)]
    step = THUMBNAIL_SIDE // 4
    return np.concatenate([side[::step] for side in sides]).tobytes()
