"""The bootstrap over leaves: what is resampled, and the interval that the resamples give."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

_Z = 1.959964  # 95 % of a normal distribution lies within so many standard deviations


def leaf_numbers(groups: Sequence[Hashable] | None, photos: int) -> NDArray[np.int64]:
    """Number the leaves of the photos from 0, in order of appearance.

    Args:
        groups: The leaf that each photo shows; each photo is a leaf of its own where ``None``.
        photos: Number of photos.

    >>> leaf_numbers(["b", "a", "b"], 3).tolist()
    [0, 1, 0]
    """
    if groups is None:
        return np.arange(photos)
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], np.int64)


def leaf_draws(leaves: int, seed: int, resamples: int) -> Iterator[NDArray[np.int64]]:
    """Draw as many leaf numbers as there are leaves, with replacement, ``resamples`` times."""
    rng = np.random.default_rng(seed)
    for _ in range(resamples):
        yield rng.integers(leaves, size=leaves)


def percentile_bounds(value: float, resampled: ArrayLike, *, leaves: int) -> tuple[float, float]:
    """Lower and upper end of a 95 % interval.

    Where every photo is right, or every one wrong, all resamples agree, however few leaves there
    are. The bootstrap then says nothing about the uncertainty, and the score interval of a
    proportion of ``leaves`` trials is returned instead.

    Args:
        value: The measured value, in [0, 1].
        resampled: Its value in each resample; NaN where a resample has nothing to measure.
        leaves: Number of leaves that ``value`` was measured on, at least 1.

    Returns:
        Both in [0, 1]; ``value`` lies between them.

    Source:
        The percentile bootstrap; Efron and Tibshirani (1993), chapter 13. The score interval;
        Wilson (1927), "Probable inference, the law of succession, and statistical inference".

    >>> low, high = percentile_bounds(1.0, [1.0, 1.0, 1.0], leaves=20)
    >>> round(low, 3), high
    (0.839, 1.0)
    """
    values = np.asarray(resampled, np.float64)
    values = values[~np.isnan(values)]
    if not values.size or np.ptp(values) < 1e-9:
        return _score_bounds(value, leaves)
    low, high = np.quantile(values, [0.025, 0.975])
    return min(float(low), value), max(float(high), value)


def _score_bounds(value: float, trials: int) -> tuple[float, float]:
    share = _Z**2 / trials
    middle = (value + share / 2) / (1 + share)
    half = math.sqrt(share * (value * (1 - value) + share / 4)) / (1 + share)
    # Rounding may put an end a hair inside the value.
    return min(max(0.0, middle - half), value), max(min(1.0, middle + half), value)
