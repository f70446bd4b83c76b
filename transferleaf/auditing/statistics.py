"""Statistics of the checks: association of two properties, and robust distances."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


def numbered(values: Sequence[Hashable]) -> Indices:
    """Number values in order of appearance.

    >>> numbered(["b", "a", "b"]).tolist()
    [0, 1, 0]
    """
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)


def cross_table(rows: Indices, columns: Indices) -> Floats:
    """Return the contingency table of two numberings.

    Returns:
        Counts, shape ``(rows.max() + 1, columns.max() + 1)``.
    """
    shape = (int(rows.max()) + 1, int(columns.max()) + 1)
    pairs = rows * shape[1] + columns
    return np.bincount(pairs, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)


def cramers_v(table: Floats) -> float:
    """Return the association of two properties: 0 for none, 1 if one determines the other.

    Args:
        table: Counts of each pair, shape ``(rows, columns)``.

    Returns:
        Cramer's V in [0, 1], corrected for the bias of tables with many cells and few photos.

    Source:
        Bergsma (2013), Journal of the Korean Statistical Society 42(3).

    >>> cramers_v(np.array([[50.0, 0.0], [0.0, 50.0]])), cramers_v(np.full((2, 2), 25.0))
    (1.0, 0.0)
    """
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    photos, (rows, columns) = table.sum(), table.shape
    if min(rows, columns) < 2 or photos < 2:
        return 0.0
    # The expected values under independence of phi squared and of the numbers of rows and columns.
    chance = (rows - 1) * (columns - 1) / (photos - 1)
    phi = max(0.0, _chi_squared(table) / photos - chance)
    fewer = min(rows - (rows - 1) ** 2 / (photos - 1), columns - (columns - 1) ** 2 / (photos - 1))
    return float(min(1.0, np.sqrt(phi / (fewer - 1)))) if fewer > 1 else 0.0


def permutation_p(
    labels: Indices, values: Indices, groups: Indices, *, draws: int = 199, seed: int = 0
) -> float:
    """Return the p-value of the association of labels and values.

    Labels are permuted between groups, not between photos, because photos of one leaf share label
    and camera and are not independent.

    Args:
        labels: The class of each photo, shape ``(n_photos,)``.
        values: Number of the property's value of each photo, shape ``(n_photos,)``.
        groups: Number of the leaf of each photo, shape ``(n_photos,)``.
        draws: Number of permutations.
        seed: Random seed of the permutations.

    Returns:
        The p-value, at least ``1 / (draws + 1)``.
    """
    _, first, group_of = np.unique(groups, return_index=True, return_inverse=True)
    label_of_group = labels[first]
    rng = np.random.default_rng(seed)
    found = _chi_squared(cross_table(label_of_group[group_of], values))
    drawn = [
        _chi_squared(cross_table(rng.permutation(label_of_group)[group_of], values))
        for _ in range(draws)
    ]
    return float((1 + np.sum(np.array(drawn) >= found)) / (draws + 1))


def robust_distance(values: npt.ArrayLike) -> Floats:
    """Return the distance of each value from the median, in units of the usual spread.

    Args:
        values: Shape ``(n,)``; NaN where unknown.

    Returns:
        Robust z-scores, shape ``(n,)``. NaN for NaN. If more than half of the values are equal, 0
        at the median and infinite elsewhere.

    Source:
        Iglewicz and Hoaglin (1993), who call values above 3.5 outliers.

    >>> robust_distance([1.0, 2.0, 3.0, 4.0, 105.0]).round(2).tolist()
    [-1.35, -0.67, 0.0, 0.67, 68.8]
    """
    known = np.asarray(values, dtype=np.float64)
    if np.isnan(known).all():
        return known
    away = known - np.nanmedian(known)
    spread = np.nanmedian(np.abs(away))
    with np.errstate(divide="ignore", invalid="ignore"):
        distance: Floats = np.where(away == 0, 0.0, 0.6745 * away / spread)
    return distance


def share_interval(
    right: npt.ArrayLike, groups: Indices, *, draws: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Return the 95 % interval of a share of photos that are clustered in groups.

    Args:
        right: Values whose mean is the share, shape ``(n_photos,)``; booleans or numbers.
        groups: Number of the group of each photo, shape ``(n_photos,)``.
        draws: Number of resamples.
        seed: Random seed.

    Source:
        The percentile bootstrap over clusters; Efron and Tibshirani (1993), chapter 13.

    >>> low, high = share_interval([True, False] * 50, np.arange(100))
    >>> low < 0.5 < high
    True
    """
    _, group_of = np.unique(groups, return_inverse=True)
    hits, photos = np.bincount(group_of, weights=np.asarray(right)), np.bincount(group_of)
    rng = np.random.default_rng(seed)
    shares = []
    for _ in range(draws):
        chosen = rng.integers(len(hits), size=len(hits))
        shares.append(hits[chosen].sum() / photos[chosen].sum())
    low, high = np.quantile(shares, [0.025, 0.975])
    return float(low), float(high)


def _chi_squared(table: npt.NDArray[Any]) -> float:
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    possible = expected > 0
    return float((((table - expected) ** 2)[possible] / expected[possible]).sum())
