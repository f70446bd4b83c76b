"""Accuracy and F1 with confidence intervals, as plain functions of labels."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from transferleaf.reports.resampling import leaf_draws, leaf_numbers, percentile_bounds
from transferleaf.text.wording import percent


@dataclass(frozen=True, slots=True)
class Interval:
    """A measured share with its 95 % confidence interval.

    Attributes:
        value: The measured value, in [0, 1].
        low: Lower bound, in [0, 1].
        high: Upper bound, in [0, 1].
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"

    @property
    def percent(self) -> str:
        """The value and the bounds in percent.

        >>> Interval(0.9, 0.861, 1.0).percent
        '90.0% (86.1% to 100%)'
        """
        return f"{percent(self.value)} ({self.percent_range})"

    @property
    def percent_range(self) -> str:
        """The bounds in percent.

        >>> Interval(0.9, 0.861, 1.0).percent_range
        '86.1% to 100%'
        """
        return f"{percent(self.low)} to {percent(self.high)}"


def bootstrap_interval(value: float, resampled: ArrayLike, *, leaves: int) -> Interval:
    """Return an interval from a value and its resamples; see ``percentile_bounds``.

    >>> bootstrap_interval(0.5, [0.4, 0.5, 0.6], leaves=9).value
    0.5
    """
    return Interval(value, *percentile_bounds(value, resampled, leaves=leaves))


def share_interval(
    right: ArrayLike,
    *,
    groups: Sequence[Hashable] | None = None,
    seed: int = 0,
    resamples: int = 2000,
) -> Interval:
    """Return the share of correct photos, with a 95 % bootstrap interval.

    Args:
        right: Whether each photo is correct, shape ``(n,)``, with n at least 1.
        groups: The leaf in each photo. Leaves are resampled instead of photos, because photos of
            one leaf are not independent. Default: each photo is a separate leaf.
        seed: Random seed of the resampling.
        resamples: Number of resamples.

    Source:
        The percentile bootstrap over clusters; see ``percentile_bounds``.

    >>> str(share_interval([1, 1, 1, 0] * 25))
    '0.750 (0.660 to 0.830)'
    """
    told = np.asarray(right).astype(float)
    rows = leaf_numbers(groups, len(told))
    hits, photos = np.bincount(rows, weights=told), np.bincount(rows)
    drawn = leaf_draws(len(photos), seed, resamples)
    means = [hits[chosen].sum() / photos[chosen].sum() for chosen in drawn]
    return bootstrap_interval(float(told.mean()), means, leaves=len(photos))


def accuracy_interval(
    truth: ArrayLike,
    predicted: ArrayLike,
    *,
    groups: Sequence[Hashable] | None = None,
    seed: int = 0,
    resamples: int = 2000,
) -> Interval:
    """Return the accuracy with a 95 % bootstrap interval; see ``share_interval``.

    Args:
        truth: True class indices, shape ``(n,)``.
        predicted: Predicted class indices, shape ``(n,)``.
        groups: The leaf in each photo. Default: each photo is a separate leaf.
        seed: Random seed of the resampling.
        resamples: Number of resamples.

    >>> str(accuracy_interval([0, 1, 1, 0] * 25, [0, 1, 1, 1] * 25))
    '0.750 (0.660 to 0.830)'
    """
    right = np.asarray(truth) == np.asarray(predicted)
    return share_interval(right, groups=groups, seed=seed, resamples=resamples)


def macro_f1(truth: ArrayLike, predicted: ArrayLike, *, n_classes: int) -> float:
    """Return the mean F1 over the classes that occur or are predicted.

    Args:
        truth: True class indices, shape ``(n,)``.
        predicted: Predicted class indices, shape ``(n,)``.
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
    """Return macro F1 with a 95 % bootstrap interval; see ``macro_f1``, ``share_interval``.

    Args:
        truth: True class indices, shape ``(n,)``, with n at least 1.
        predicted: Predicted class indices, shape ``(n,)``.
        n_classes: Number of classes.
        groups: The leaf in each photo. Default: each photo is a separate leaf.
        seed: Random seed of the resampling.
        resamples: Number of resamples.

    >>> interval = macro_f1_interval([0, 1, 1, 0] * 25, [0, 1, 1, 1] * 25, n_classes=2)
    >>> interval.low < interval.value < interval.high
    True
    """
    true, found = np.asarray(truth), np.asarray(predicted)
    rows = leaf_numbers(groups, len(true))
    leaves = int(rows.max()) + 1
    values = [
        _macro_f1(true, found, np.bincount(chosen, minlength=leaves)[rows], n_classes)
        for chosen in leaf_draws(leaves, seed, resamples)
    ]
    return bootstrap_interval(macro_f1(true, found, n_classes=n_classes), values, leaves=leaves)


def in_top(probabilities: ArrayLike, truth: ArrayLike, *, k: int) -> NDArray[np.bool_]:
    """Return whether the true class of each photo is among the ``k`` most probable ones.

    Classes with equal probabilities are sorted by index, as in ``LeafPrediction.top``.

    Args:
        probabilities: Class probabilities, shape ``(n, n_classes)``.
        truth: True class indices, shape ``(n,)``.
        k: Number of classes, at least 1.

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
