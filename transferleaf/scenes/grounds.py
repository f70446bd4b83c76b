"""What a leaf may be laid on: drawn fields, photos, and the ground of its own photo."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from transferleaf.drawing.photographing.background import FIELD
from transferleaf.drawing.texture import Field
from transferleaf.scenes.pieces import Mask, shrunk

DRAWN = 48
"""Number of drawn grounds to train on; each use shows another part, turned and mirrored."""

_EDGE = 0.02  # of a leaf, as a share of the side
_SPARE = 1.3  # drawn grounds are so much larger than the picture, so that a part can be chosen


@lru_cache(maxsize=2 * DRAWN)
def drawn_ground(number: int, size: int) -> npt.NDArray[np.uint8]:
    """Draw soil, grass or foliage, out of focus here and there.

    Args:
        number: Which one, at least 0; equal numbers give equal grounds.
        size: Side of the picture that it is meant for, in pixels.

    Returns:
        Shape ``(side, side, 3)``, RGB in [0, 255], with a side of 1.3 times ``size``.
    """
    rng = np.random.default_rng([19, number])
    side = round(_SPARE * size)
    kind = FIELD[number % len(FIELD)]
    drawn = np.clip(kind(rng, side), 0, 1)
    pixels = (drawn * 255 + 0.5).astype(np.uint8)
    pixels.setflags(write=False)
    return pixels


def part_of(
    ground: npt.NDArray[np.uint8], rng: np.random.Generator, size: int, *, smallest: float = 0.5
) -> Field:
    """Choose a square part of a ground, turned by quarters and mirrored at random.

    Args:
        ground: Shape ``(height, width, 3)``, RGB in [0, 255].
        rng: Where the randomness comes from.
        size: Side of the result in pixels.
        smallest: Smallest side of the part, as a share of the ground's shorter side, in (0, 1].

    Returns:
        Shape ``(size, size, 3)``, RGB in [0, 1].
    """
    height, width = ground.shape[:2]
    side = max(int(min(height, width) * rng.uniform(smallest, 1)), 1)
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    part = Image.fromarray(ground[top : top + side, left : left + side])
    shown = np.asarray(part.resize((size, size), Image.Resampling.BILINEAR), np.float32) / 255
    turned = np.rot90(shown, int(rng.integers(4)))
    return np.ascontiguousarray(turned[:, ::-1] if rng.random() < 0.5 else turned)


def own_ground(photo: Field, leaf: Mask) -> Field:
    """Fill the place of the leaf with what surrounds it, and mirror the result.

    Args:
        photo: Shape ``(size, size, 3)``, RGB in [0, 1].
        leaf: Where the leaf is, shape ``(size, size)``.

    Returns:
        Shape ``(size, size, 3)``, RGB in [0, 1].
    """
    size = len(leaf)
    # Neither the soft edge of the leaf nor the darkest of its shadow.
    ground = shrunk(~leaf, max(1, round(_EDGE * size)))
    all_over = photo[ground] if ground.any() else photo.reshape(-1, 3)
    filled = all_over.mean(axis=0).astype(np.float32).reshape(1, 1, 3)
    # From coarse to fine: each level keeps what it knows and takes the rest from the one before.
    for side in [*_halves(size), size]:
        known = _reduced(ground.astype(np.float32), side)
        sums = np.dstack([_reduced(photo[..., at] * ground, side) for at in range(3)])
        coarse = np.dstack([_reduced(filled[..., at], side) for at in range(3)])
        share = np.clip(4 * known, 0, 1)[..., None]
        own = sums / np.maximum(known, 1e-3)[..., None]
        filled = share * own + (1 - share) * coarse
    return np.ascontiguousarray(filled[:, ::-1])


def _halves(size: int) -> list[int]:
    return [side for side in (2, 4, 8, 16, 32, 64) if side < size]


def _reduced(values: Field, side: int) -> Field:
    image = Image.fromarray(np.ascontiguousarray(values, np.float32))
    small = image.width >= side
    way = Image.Resampling.BOX if small else Image.Resampling.BILINEAR
    return np.asarray(image.resize((side, side), way))
