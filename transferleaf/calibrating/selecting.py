"""Selection of the lowest probability threshold that is shown to reach a precision."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Maximum probability of accepting a threshold by chance.
_RISK = 0.05

# The tried thresholds: those that cover 5 %, 10 %, ... 100 % of the photos.
_COVERAGES = 20

# The search starts at up to this number of thresholds, each with an equal share of the risk.
_STARTS = 4

# Maximum factor of the number of photos when estimating how many are enough.
_MOST_TIMES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """The leaves above a threshold, and the number of mistakes among them."""

    threshold: float
    leaves: int
    mistakes: float


def sure_threshold(
    confidence: ArrayLike,
    right: ArrayLike,
    *,
    precision: float,
    leaves: Sequence[Hashable | None] | None = None,
) -> float | None:
    """Return the threshold on the top probability with the highest coverage at a given precision.

    A threshold is accepted only if a classifier with a lower precision would hardly reach the
    result by
    chance: ten photos may all be correct by luck. The probability of accepting a wrong threshold is
        at
    most 5 %. Photos of the same leaf are not independent, so each leaf is one trial, with the share
    of its wrong photos as its mistake.

    Args:
        confidence: Top probability of each photo, shape ``(n,)``, in [0, 1].
        right: Whether the prediction is correct, shape ``(n,)``.
        precision: Share of correct predictions to reach, in (0, 1).
        leaves: The leaf in each photo. ``None``, or ``None`` for all: unknown.

    Returns:
        The threshold, in [0, 1]; ``None`` if none reaches the precision.

    Source:
        Selective classification with a bound, after Geifman and El-Yaniv (2017), "Selective
        classification for deep neural networks". Several thresholds are tested in decreasing order,
        as in Angelopoulos et al. (2021), "Learn then test", with the fallback procedure of Wiens
        (2003), which reuses the risk of an accepted threshold for the next one.

    >>> sure_threshold([0.9] * 200 + [0.4] * 100, [1] * 200 + [0] * 100, precision=0.95)
    0.9
    >>> sure_threshold([0.9] * 10, [1] * 10, precision=0.95) is None
    True
    """
    tried = _tried(confidence, right, leaves)
    starts = _starts(tried, precision)
    found, risk = None, 0.0
    for place, each in enumerate(tried):
        risk += _RISK / len(starts) if place in starts else 0.0
        if chance_of_few(math.ceil(each.mistakes), each.leaves, share=1 - precision) <= risk:
            found = each.threshold
        else:
            risk = 0.0
    return found


def photos_needed(
    confidence: ArrayLike,
    right: ArrayLike,
    *,
    precision: float,
    leaves: Sequence[Hashable | None] | None = None,
) -> int | None:
    """Estimate how many photos ``sure_threshold`` needs, if others are predicted like these.

    Args:
        confidence: See ``sure_threshold``.
        right: See ``sure_threshold``.
        precision: See ``sure_threshold``.
        leaves: See ``sure_threshold``.

    Returns:
        The number of photos, to two digits; ``None`` if even the most confident predictions are not
        correct often enough.

    >>> photos_needed([0.9] * 40, [1] * 40, precision=0.95)
    170
    >>> photos_needed([0.9] * 40, [1, 0] * 20, precision=0.95) is None
    True
    """
    tried = _tried(confidence, right, leaves)
    photos = len(np.asarray(confidence))
    for times in np.geomspace(1, _MOST_TIMES, 200):
        if any(_would_do(each, times, precision) for each in tried):
            needed = times * photos
            unit = 10 ** max(0, math.floor(math.log10(needed)) - 1)
            return math.ceil(needed / unit) * unit
    return None


def chance_of_few(events: int, trials: int, *, share: float) -> float:
    """Return the probability of at most ``events`` in ``trials`` trials with probability ``share``.

    Args:
        events: At least 0.
        trials: At least 1.
        share: In (0, 1).

    >>> round(chance_of_few(0, 10, share=0.1), 6)
    0.348678
    """
    # In logarithms, because binomial coefficients of thousands of trials exceed floats.
    logs = [
        math.lgamma(trials + 1)
        - math.lgamma(count + 1)
        - math.lgamma(trials - count + 1)
        + count * math.log(share)
        + (trials - count) * math.log1p(-share)
        for count in range(min(events, trials) + 1)
    ]
    return min(1.0, math.fsum(map(math.exp, logs)))


def _tried(
    confidence: ArrayLike, right: ArrayLike, leaves: Sequence[Hashable | None] | None
) -> list[_Tried]:
    """Return the counts for each threshold, the highest threshold first."""
    sure = np.asarray(confidence, np.float64)
    wrong = ~np.asarray(right, bool)
    numbers = _leaf_numbers(leaves, len(sure))
    # A threshold includes all photos with equal probability, so the coverage may be larger.
    thresholds = np.unique(np.quantile(sure, np.arange(_COVERAGES) / _COVERAGES, method="lower"))
    found = []
    for threshold in thresholds[::-1]:
        answered = sure >= threshold
        photos = np.bincount(numbers[answered])
        mistakes = np.bincount(numbers[answered], wrong[answered])
        shares = mistakes[photos > 0] / photos[photos > 0]
        total = round(float(shares.sum()), 9)
        found.append(_Tried(threshold=float(threshold), leaves=len(shares), mistakes=total))
    return found


def _leaf_numbers(leaves: Sequence[Hashable | None] | None, photos: int) -> NDArray[np.int64]:
    """Number the leaves. A photo of an unknown leaf counts as a separate leaf."""
    keys = [(row,) if leaf is None else leaf for row, leaf in enumerate(leaves or [None] * photos)]
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)


def _starts(tried: Sequence[_Tried], precision: float) -> list[int]:
    """Return the start thresholds, evenly among those with enough leaves for a proof.

    They depend on the number of leaves, not on which predictions are correct.
    """
    for most in range(_STARTS, 0, -1):
        fewest = math.log(_RISK / most) / math.log(precision)
        provable = [place for place, each in enumerate(tried) if each.leaves >= fewest]
        if provable:
            return provable[:: math.ceil(len(provable) / most)]
    return []


def _would_do(each: _Tried, times: float, precision: float) -> bool:
    # Half a mistake is added, because no mistake in a few photos does not mean that there are none.
    share = (each.mistakes + 0.5) / (each.leaves + 1)
    leaves = round(times * each.leaves)
    chance = chance_of_few(math.ceil(share * leaves), leaves, share=1 - precision)
    return share < 1 - precision and chance <= _RISK / _STARTS
