"""Backgrounds for leaves: drawn fields, photos, and the background of the leaf's own photo."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from transferleaf.drawing.photographing.background import FIELD
from transferleaf.drawing.texture import Field
from transferleaf.scenes.pieces import Mask, shrunk

DRAWN = 48
"""Number of drawn backgrounds for training. Each use shows another part, rotated and mirrored."""

_EDGE = 0.02  # width of the edge of a leaf, as a share of the side
_SPARE = 1.3  # size of drawn backgrounds in sizes of the picture, so that a random part can be used


@lru_cache(maxsize=2 * DRAWN)
def drawn_ground(number: int, size: int) -> npt.NDArray[np.uint8]:
    """Draw soil, grass or foliage, partly out of focus.

    Args:
        number: Number of the background, at least 0. The same number gives the same background.
        size: Side of the target picture in pixels.

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
    """Select a square part of a background, with random rotation by 90 degrees and mirroring.

    Args:
        ground: Shape ``(height, width, 3)``, RGB in [0, 255].
        rng: Random generator.
        size: Side of the result in pixels.
        smallest: Minimum side of the part, as a share of the shorter side of ``ground``, in (0, 1].

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
    """Fill the area of the leaf from its surroundings, and mirror the result.

    Args:
        photo: Shape ``(size, size, 3)``, RGB in [0, 1].
        leaf: Mask of the leaf, shape ``(size, size)``.

    Returns:
        Shape ``(size, size, 3)``, RGB in [0, 1].
    """
    size = len(leaf)
    # Without the soft edge of the leaf and the darkest part of its shadow.
    ground = shrunk(~leaf, max(1, round(_EDGE * size)))
    all_over = photo[ground] if ground.any() else photo.reshape(-1, 3)
    filled = all_over.mean(axis=0).astype(np.float32).reshape(1, 1, 3)
    # From coarse to fine. Each level keeps known pixels and takes the others from the coarser one.
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
