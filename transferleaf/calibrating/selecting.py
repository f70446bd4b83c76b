"""The threshold from which answers are sure: the lowest that is shown to reach a precision."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

# How often, at most, chance may make a threshold look better than it is.
_RISK = 0.05

# Thresholds that are tried: those that answer 100 %, 95 %, ... 5 % of the validation photos.
_COVERAGES = 20


def sure_threshold(confidence: ArrayLike, right: ArrayLike, *, precision: float) -> float | None:
    """Find the threshold on the top probability that answers most photos at a wished precision.

    It is not enough that the validation photos above a threshold reach the precision: of ten
    photos all may be right by luck. So a threshold counts only where a classifier of less than
    this precision would do so well in at most 5 % of cases, for all thresholds tried together.
    This takes photos to be independent; several of one leaf promise more than they hold.

    Args:
        confidence: Top probability of each validation photo, shape ``(n,)``, in [0, 1].
        right: Whether its top class is the true one, shape ``(n,)``.
        precision: Share of right answers to reach, in (0, 1).

    Returns:
        The threshold, in [0, 1]; ``None`` where none reaches the precision.

    Source:
        Selective classification with a bound, after Geifman and El-Yaniv (2017), "Selective
        classification for deep neural networks"; here the binomial test is made at twenty
        coverages, the risk shared among them, as in Angelopoulos et al. (2021), "Learn then test",
        since a binary search goes astray where small coverages are too small for a proof.

    >>> sure_threshold([0.9] * 200 + [0.4] * 100, [1] * 200 + [0] * 100, precision=0.95)
    0.9
    >>> sure_threshold([0.9] * 10, [1] * 10, precision=0.95) is None
    True
    """
    sure = np.asarray(confidence, np.float64)
    wrong = ~np.asarray(right, bool)
    # Photos that are equally sure are answered together, so a coverage may be exceeded.
    thresholds = np.unique(np.quantile(sure, np.arange(_COVERAGES) / _COVERAGES, method="lower"))
    for threshold in thresholds:
        answered = sure >= threshold
        mistakes, photos = int(wrong[answered].sum()), int(answered.sum())
        if chance_of_few(mistakes, photos, share=1 - precision) <= _RISK / _COVERAGES:
            return float(threshold)
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
        for count in range(events + 1)
    ]
    return min(1.0, math.fsum(map(math.exp, logs)))
