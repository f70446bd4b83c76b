"""Where lesions sit on a leaf: distance fields that every disease paints from.

A lesion field is 0 in the middle of a lesion, 1 on its edge and larger outside, so a disease is
no more than a way to place lesions and a colour for each distance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transferleaf.datasets.synthetic import texture
from transferleaf.datasets.synthetic.texture import Field

FAR = 4.0  # the field's value where no lesion is near


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesions:
    """Positions and sizes of lesions on a sheet.

    Attributes:
        centres: Row and column of each, in pixels, shape ``(n_lesions, 2)``.
        radii: Radius across, in pixels, shape ``(n_lesions,)``.
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
    radius: tuple[float, float],
    stretch: tuple[float, float] = (0.8, 1.25),
) -> Lesions:
    """Place lesions at random, likelier where ``where`` is larger.

    Args:
        rng: Where the randomness comes from.
        where: Chances, shape ``(size, size)``, at least 0.
        count: Number of lesions.
        radius: Smallest and largest radius, as shares of the sheet's side; small ones are commoner.
        stretch: Smallest and largest elongation along the leaf.
    """
    size = len(where)
    chance = np.cumsum(where, dtype=np.float64)
    found = np.searchsorted(chance, rng.random(count) * chance[-1])
    low, high = np.log(radius)
    return Lesions(
        centres=np.stack(np.divmod(found, size), axis=1).astype(np.float64),
        radii=np.exp(low + (high - low) * rng.random(count) ** 1.3) * size,
        stretch=rng.uniform(*stretch, count),
    )


def clustered(rng: np.random.Generator, tissue: Field, *, strength: float) -> Field:
    """Chances for ``scatter`` that gather lesions in some parts of the leaf."""
    gathered = np.exp(strength * texture.clouds(rng, len(tissue), 5))
    return tissue * gathered


def lesion_field(lesions: Lesions, size: int, *, reach: float = 2.0) -> Field:
    """Measure the distance to the nearest lesion, in units of that lesion's radius.

    Args:
        lesions: The lesions.
        size: Side of the sheet in pixels.
        reach: How far around a lesion to measure, in radii; beyond it the field is ``FAR``.

    Returns:
        Distances, shape ``(size, size)``, in [0, ``FAR``].
    """
    field = np.full((size, size), FAR, np.float32)
    for (row, column), radius, stretch in zip(
        lesions.centres, lesions.radii, lesions.stretch, strict=True
    ):
        tall, wide = radius * stretch, radius
        top, left = max(int(row - reach * tall), 0), max(int(column - reach * wide), 0)
        bottom, right = int(row + reach * tall) + 2, int(column + reach * wide) + 2
        window = field[top:bottom, left:right]
        down = (np.arange(top, top + window.shape[0], dtype=np.float32) - row) / tall
        across = (np.arange(left, left + window.shape[1], dtype=np.float32) - column) / wide
        distance = np.sqrt(down[:, None] ** 2 + across[None, :] ** 2)
        np.minimum(window, distance.astype(np.float32), out=window)
    return field
