"""Positions of lesions on a leaf, and the distance fields from which diseases are drawn.

A lesion field is 0 in the centre of a lesion, 1 at its edge and larger outside, so a disease
consists of the positions of lesions and a colour for each distance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transferleaf.drawing import texture
from transferleaf.drawing.texture import Field
from transferleaf.drawing.variation import Span

FAR = 4.0  # the value far from all lesions


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesions:
    """Positions and sizes of lesions on a sheet.

    Attributes:
        centres: Row and column of each, in pixels, shape ``(n_lesions, 2)``.
        radii: Radius across the leaf, in pixels, shape ``(n_lesions,)``.
        stretch: Radius along the leaf over radius across, shape ``(n_lesions,)``.
    """

    centres: NDArray[np.float64]
    radii: NDArray[np.float64]
    stretch: NDArray[np.float64]


def scatter(
    rng: np.random.Generator,
    where: Field,
    *,
    count: int,
    radius: Span,
    stretch: Span = (0.8, 1.25),
) -> Lesions:
    """Place lesions at random.

    Args:
        rng: Random generator.
        where: Probability of each pixel, shape ``(size, size)``, at least 0, not 0 everywhere.
        count: Number of lesions.
        radius: Minimum and maximum radius, as fractions of the sheet's side. Small ones are more
            frequent.
        stretch: Minimum and maximum elongation along the leaf.
    """
    size = len(where)
    chance = np.cumsum(where, dtype=np.float64)
    pixel = np.searchsorted(chance, rng.random(count) * chance[-1])
    low, high = np.log(radius)
    return Lesions(
        centres=np.stack(np.divmod(pixel, size), axis=1).astype(np.float64),
        radii=np.exp(low + (high - low) * rng.random(count) ** 1.3) * size,
        stretch=rng.uniform(*stretch, count),
    )


def clustered(rng: np.random.Generator, tissue: Field, *, strength: float) -> Field:
    """Return probabilities for ``scatter`` that cluster lesions in some parts of the leaf.

    Args:
        rng: Random generator.
        tissue: Where lesions are possible, shape ``(size, size)``, in [0, 1].
        strength: 0 for an even distribution; with 1, some parts are e times as likely as most.
    """
    gathering: Field = np.exp(np.float32(strength) * texture.clouds(rng, len(tissue), 5))
    return tissue * gathering


def lesion_field(lesions: Lesions, size: int, *, reach: float = 2.0) -> Field:
    """Return the distance to the nearest lesion, in radii of that lesion.

    Args:
        lesions: The lesions.
        size: Side of the sheet in pixels.
        reach: How far around a lesion to measure, in radii; beyond that the field is ``FAR``.

    Returns:
        Distances, shape ``(size, size)``, in [0, ``FAR``].
    """
    field = np.full((size, size), FAR, np.float32)
    rows = columns = np.arange(size, dtype=np.float32)
    tall, wide = lesions.radii * lesions.stretch, lesions.radii
    for (row, column), height, width in zip(lesions.centres, tall, wide, strict=True):
        near_rows = _around(row, reach * height)
        near_columns = _around(column, reach * width)
        down = (rows[near_rows] - np.float32(row)) / np.float32(height)
        across = (columns[near_columns] - np.float32(column)) / np.float32(width)
        distance = np.sqrt(down[:, None] ** 2 + across**2)
        window = field[near_rows, near_columns]
        np.minimum(window, distance, out=window)
    return field


def _around(middle: float, reach: float) -> slice:
    return slice(max(int(middle - reach), 0), int(middle + reach) + 2)
