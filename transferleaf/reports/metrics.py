"""Shares with their uncertainty, and F1: plain functions of labels."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
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


def share_interval(
    right: ArrayLike,
    *,
    groups: Sequence[Hashable] | None = None,
    seed: int = 0,
    resamples: int = 2000,
) -> Interval:
    """Share of the photos that are right, with a 95 % bootstrap interval.

    Args:
        right: Whether each photo is right, shape ``(n,)``; n at least 1.
        groups: The leaf that each photo shows. Photos of one leaf are right or wrong together, so
            leaves are resampled, not photos; each photo is a leaf of its own where ``None``.
        seed: Seeds the resampling.
        resamples: Number of resamples.

    Source:
        The percentile bootstrap over clusters; Efron and Tibshirani (1993), chapter 13.

    >>> str(share_interval([1, 1, 1, 0] * 25))
    '0.750 (0.660 to 0.830)'
    """
    told = np.asarray(right).astype(float)
    rows = _leaf_numbers(groups, len(told))
    hits, photos = np.bincount(rows, weights=told), np.bincount(rows)
    drawn = _draws(len(photos), seed, resamples)
    means = [hits[chosen].sum() / photos[chosen].sum() for chosen in drawn]
    return _interval(float(told.mean()), means)


def accuracy_interval(
    truth: ArrayLike,
    predicted: ArrayLike,
    *,
    groups: Sequence[Hashable] | None = None,
    seed: int = 0,
    resamples: int = 2000,
) -> Interval:
    """Accuracy with a 95 % bootstrap interval; see ``share_interval``.

    Args:
        truth: True class numbers, shape ``(n,)``.
        predicted: Predicted class numbers, shape ``(n,)``.
        groups: The leaf that each photo shows; each photo is a leaf of its own where ``None``.
        seed: Seeds the resampling.
        resamples: Number of resamples.

    >>> str(accuracy_interval([0, 1, 1, 0] * 25, [0, 1, 1, 1] * 25))
    '0.750 (0.660 to 0.830)'
    """
    right = np.asarray(truth) == np.asarray(predicted)
    return share_interval(right, groups=groups, seed=seed, resamples=resamples)


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
    return _macro_f1(true, found, np.ones(len(true)), n_classes)


def macro_f1_interval(
    truth: ArrayLike,
    predicted: ArrayLike,
    *,
    n_classes: int,
    groups: Sequence[Hashable] | None = None,
    seed: int = 0,
    resamples: int = 1000,
) -> Interval:
    """Macro F1 with a 95 % bootstrap interval over leaves; see ``macro_f1``, ``share_interval``.

    Args:
        truth: True class numbers, shape ``(n,)``; n at least 1.
        predicted: Predicted class numbers, shape ``(n,)``.
        n_classes: Number of classes.
        groups: The leaf that each photo shows; each photo is a leaf of its own where ``None``.
        seed: Seeds the resampling.
        resamples: Number of resamples.

    >>> interval = macro_f1_interval([0, 1, 1, 0] * 25, [0, 1, 1, 1] * 25, n_classes=2)
    >>> interval.low < interval.value < interval.high
    True
    """
    true, found = np.asarray(truth), np.asarray(predicted)
    rows = _leaf_numbers(groups, len(true))
    leaves = int(rows.max()) + 1
    values = [
        _macro_f1(true, found, np.bincount(chosen, minlength=leaves)[rows], n_classes)
        for chosen in _draws(leaves, seed, resamples)
    ]
    return _interval(macro_f1(true, found, n_classes=n_classes), values)


def in_top(probabilities: ArrayLike, truth: ArrayLike, *, k: int) -> NDArray[np.bool_]:
    """Say of each photo whether its true class is among the ``k`` most probable ones.

    Of equally probable classes the first come first, as in ``LeafPrediction.top``.

    Args:
        probabilities: Class probabilities, shape ``(n, n_classes)``.
        truth: True class numbers, shape ``(n,)``.
        k: How many classes to look at, at least 1.

    >>> in_top([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], [1, 2], k=2).tolist()
    [True, False]
    """
    order = np.argsort(-np.asarray(probabilities), axis=1, kind="stable")[:, :k]
    found: NDArray[np.bool_] = (order == np.asarray(truth)[:, np.newaxis]).any(axis=1)
    return found


def _macro_f1(
    true: NDArray[Any], found: NDArray[Any], weights: NDArray[Any], n_classes: int
) -> float:
    hits = np.bincount(true, weights=weights * (true == found), minlength=n_classes)
    both = np.bincount(true, weights=weights, minlength=n_classes)
    both += np.bincount(found, weights=weights, minlength=n_classes)
    known = both > 0
    return float(np.mean(2 * hits[known] / both[known]))


def _leaf_numbers(groups: Sequence[Hashable] | None, photos: int) -> NDArray[Any]:
    if groups is None:
        return np.arange(photos)
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups])


def _draws(leaves: int, seed: int, resamples: int) -> Iterator[NDArray[Any]]:
    """Numbers of as many leaves as there are, drawn with replacement, again and again."""
    rng = np.random.default_rng(seed)
    for _ in range(resamples):
        yield rng.integers(leaves, size=leaves)


def _interval(value: float, resampled: Sequence[float]) -> Interval:
    low, high = np.quantile(resampled, [0.025, 0.975])
    return Interval(value, float(low), float(high))
