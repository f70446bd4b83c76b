"""Accuracy with its uncertainty, and F1: plain functions of labels."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Interval:
    """A measured share and the interval that its true value lies in, with 95 % confidence.

    Attributes:
        value: What was measured, in [0, 1].
        low: Lower end, in [0, 1].
        high: Upper end, in [0, 1].
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def accuracy_interval(
    truth: ArrayLike,
    predicted: ArrayLike,
    *,
    groups: Sequence[Hashable] | None = None,
    seed: int = 0,
    resamples: int = 2000,
) -> Interval:
    """Accuracy with a 95 % bootstrap interval.

    Args:
        truth: True class numbers, shape ``(n,)``.
        predicted: Predicted class numbers, shape ``(n,)``.
        groups: The leaf that each photo shows. Photos of one leaf are right or wrong together, so
            leaves are resampled, not photos; each photo is a leaf of its own where ``None``.
        seed: Seeds the resampling.
        resamples: Number of resamples.

    Source:
        The percentile bootstrap over clusters; Efron and Tibshirani (1993), chapter 13.

    >>> str(accuracy_interval([0, 1, 1, 0] * 25, [0, 1, 1, 1] * 25))
    '0.750 (0.660 to 0.830)'
    """
    right = (np.asarray(truth) == np.asarray(predicted)).astype(float)
    rows = np.arange(len(right)) if groups is None else _numbered(groups)
    hits, photos = np.bincount(rows, weights=right), np.bincount(rows)
    rng = np.random.default_rng(seed)
    drawn = [rng.integers(len(hits), size=len(hits)) for _ in range(resamples)]
    means = [hits[chosen].sum() / photos[chosen].sum() for chosen in drawn]
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(right.mean()), float(low), float(high))


def macro_f1(truth: ArrayLike, predicted: ArrayLike, *, n_classes: int) -> float:
    """Mean over classes of F1; classes that neither occur nor are predicted are left out.

    Args:
        truth: True class numbers, shape ``(n,)``.
        predicted: Predicted class numbers, shape ``(n,)``.
        n_classes: Number of classes.

    >>> round(macro_f1([0, 0, 1, 1], [0, 1, 1, 1], n_classes=2), 3)
    0.733
    """
    true, found = np.asarray(truth), np.asarray(predicted)
    hits = np.bincount(true[true == found], minlength=n_classes)
    both = np.bincount(true, minlength=n_classes) + np.bincount(found, minlength=n_classes)
    known = both > 0
    return float(np.mean(2 * hits[known] / both[known]))


def _numbered(groups: Sequence[Hashable]) -> NDArray[Any]:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups])
