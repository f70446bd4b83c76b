"""Accuracy by coverage: the accuracy of the most confident predictions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

# More points would not be visible in a chart.
_POINTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePoint:
    """Coverage and accuracy at one threshold.

    Attributes:
        threshold: Only predictions with at least this probability count, in [0, 1].
        coverage: Share of the photos with such a prediction, in [0, 1].
        accuracy: Share of these predictions that are correct, in [0, 1]; ``None`` if there are
            none.
    """

    threshold: float
    coverage: float
    accuracy: float | None


def coverage_curve(confidence: ArrayLike, right: ArrayLike) -> tuple[CoveragePoint, ...]:
    """Return coverage and accuracy for many thresholds, from few photos to all.

    Photos with equal probabilities have the same thresholds, so they are added together.

    Args:
        confidence: Top probability of each photo, shape ``(n,)``, in [0, 1], with n at least 1.
        right: Whether the prediction is correct, shape ``(n,)``.

    Returns:
        At most 100 points with increasing coverage. The last one covers all photos.

    Source:
        The risk-coverage curve of El-Yaniv and Wiener (2010), "On the foundations of noise-free
        selective classification", with accuracy in place of risk.

    >>> [point.accuracy for point in coverage_curve([0.9, 0.8, 0.6, 0.6], [1, 1, 1, 0])]
    [1.0, 1.0, 0.75]
    """
    sure, hits = np.asarray(confidence, np.float64), np.asarray(right, np.float64)
    order = np.argsort(-sure, kind="stable")
    ends = _ends_of_ties(sure[order])
    shown = ends[_spread(len(ends))]
    so_far = np.cumsum(hits[order])
    return tuple(
        CoveragePoint(
            threshold=float(sure[order[end]]),
            coverage=float((end + 1) / len(sure)),
            accuracy=float(so_far[end] / (end + 1)),
        )
        for end in shown
    )


def coverage_of(threshold: float, sure: ArrayLike, right: ArrayLike) -> CoveragePoint:
    """Return coverage and accuracy of the sure predictions.

    Args:
        threshold: The calibrated threshold, in [0, 1].
        sure: Whether the verdict is ``"sure"``, shape ``(n,)`` with n at least 1. Some photos above
            the threshold are not sure, because they are unlike the training photos.
        right: Whether the prediction is correct, shape ``(n,)``.

    >>> coverage_of(0.7, [True, True, False, False], [1, 0, 1, 0])
    CoveragePoint(threshold=0.7, coverage=0.5, accuracy=0.5)
    """
    answered = np.asarray(sure, np.bool_)
    hits = np.asarray(right, np.float64)[answered]
    return CoveragePoint(
        threshold=float(threshold),
        coverage=float(answered.mean()),
        accuracy=float(hits.mean()) if hits.size else None,
    )


def _ends_of_ties(falling: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.append(np.flatnonzero(np.diff(falling)), len(falling) - 1)


def _spread(ends: int) -> NDArray[np.intp]:
    """Return evenly spaced positions, including the last one."""
    return np.unique(np.linspace(0, ends - 1, min(ends, _POINTS)).round().astype(np.intp))
