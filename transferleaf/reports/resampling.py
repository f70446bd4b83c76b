"""The bootstrap over leaves: resampling, and intervals of the resamples."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

_Z = 1.959964  # 95 % quantile of a normal distribution, two-sided, in standard deviations


def leaf_numbers(groups: Sequence[Hashable] | None, photos: int) -> NDArray[np.int64]:
    """Number the leaves of the photos from 0, in order of appearance.

    Args:
        groups: The leaf in each photo. Default: each photo is a separate leaf.
        photos: Number of photos.

    >>> leaf_numbers(["b", "a", "b"], 3).tolist()
    [0, 1, 0]
    """
    if groups is None:
        return np.arange(photos)
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], np.int64)


def leaf_draws(leaves: int, seed: int, resamples: int) -> Iterator[NDArray[np.int64]]:
    """Draw as many leaves as there are, with replacement, ``resamples`` times."""
    rng = np.random.default_rng(seed)
    for _ in range(resamples):
        yield rng.integers(leaves, size=leaves)


def percentile_bounds(value: float, resampled: ArrayLike, *, leaves: int) -> tuple[float, float]:
    """Return the bounds of a 95 % interval.

    If all photos are correct, or none, all resamples agree, even for few leaves, and the bootstrap
    gives no uncertainty. Then the score interval of a proportion in ``leaves`` trials is returned
    instead.

    Args:
        value: The measured value, in [0, 1].
        resampled: The value in each resample; NaN if a resample has nothing to measure.
        leaves: Number of leaves for ``value``, at least 1.

    Returns:
        Both bounds, in [0, 1]. ``value`` lies between them.

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
    # Rounding may move a bound slightly past the value.
    return min(max(0.0, middle - half), value), max(min(1.0, middle + half), value)
