"""The threshold from which answers are sure: the lowest that is shown to reach a precision."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

# How often, at most, chance may make a threshold look better than it is.
_RISK = 0.05

# Thresholds that are tried: those that answer 5 %, 10 %, ... 100 % of the photos.
_COVERAGES = 20

# The search starts at up to so many of them, each with an equal share of the risk.
_STARTS = 4

# How many times as many photos are considered when asking how many would do.
_MOST_TIMES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """What a threshold answers: leaves, and how many of them wrongly."""

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
    """Find the threshold on the top probability that answers most photos at a wished precision.

    It is not enough that the photos above a threshold reach the precision: of ten photos all may be
    right by luck. A threshold counts only where a classifier of less than this precision would do
    so well by chance; the chance that any threshold is accepted wrongly is at most 5 %. Photos of
    one leaf are right or wrong together, so a leaf is one trial, wrong by the share of its photos
    that are.

    Args:
        confidence: Top probability of each photo, shape ``(n,)``, in [0, 1].
        right: Whether its top class is the true one, shape ``(n,)``.
        precision: Share of right answers to reach, in (0, 1).
        leaves: The leaf that each photo shows; ``None``, or ``None`` for all, where unknown.

    Returns:
        The threshold, in [0, 1]; ``None`` where none reaches the precision.

    Source:
        Selective classification with a bound, after Geifman and El-Yaniv (2017), "Selective
        classification for deep neural networks". Several thresholds are tested, from the surest
        photos on, as in Angelopoulos et al. (2021), "Learn then test", by the fallback procedure of
        Wiens (2003): what was risked on a threshold that holds is risked again on the next.

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
    """Estimate how many photos ``sure_threshold`` takes, if more are answered like these.

    Args:
        confidence: See ``sure_threshold``.
        right: See ``sure_threshold``.
        precision: See ``sure_threshold``.
        leaves: See ``sure_threshold``.

    Returns:
        Photos, to two digits; ``None`` where even the surest answers are not right often enough.

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
    """Chance of at most ``events`` in ``trials`` independent trials with probability ``share``.

    Args:
        events: At least 0.
        trials: At least 1.
        share: In (0, 1).

    >>> round(chance_of_few(0, 10, share=0.1), 6)
    0.348678
    """
    # In logarithms: for thousands of trials, binomial coefficients are no floats.
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
    """Count what each threshold answers, the highest threshold first."""
    sure = np.asarray(confidence, np.float64)
    wrong = ~np.asarray(right, bool)
    numbers = _leaf_numbers(leaves, len(sure))
    # Photos that are equally sure are answered together, so a coverage may be exceeded.
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
    """Number the leaves; a photo of an unknown leaf shows a leaf of its own."""
    keys = [(row,) if leaf is None else leaf for row, leaf in enumerate(leaves or [None] * photos)]
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)


def _starts(tried: Sequence[_Tried], precision: float) -> list[int]:
    """Where the search starts: evenly among the thresholds that answer enough for a proof.

    They depend on how many leaves a threshold answers, not on which are right.
    """
    for most in range(_STARTS, 0, -1):
        fewest = math.log(_RISK / most) / math.log(precision)
        provable = [place for place, each in enumerate(tried) if each.leaves >= fewest]
        if provable:
            return provable[:: math.ceil(len(provable) / most)]
    return []


def _would_do(each: _Tried, times: float, precision: float) -> bool:
    # Half a mistake more: none in a few photos does not mean that there will be none.
    share = (each.mistakes + 0.5) / (each.leaves + 1)
    leaves = round(times * each.leaves)
    chance = chance_of_few(math.ceil(share * leaves), leaves, share=1 - precision)
    return share < 1 - precision and chance <= _RISK / _STARTS
