"""Reliability of probabilities: confidence compared with accuracy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

# As in the paper and most later ones.
_BINS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """The photos whose top probability is in one bin.

    Attributes:
        confidence: Mean of their top probabilities, in [0, 1].
        accuracy: Share of correct predictions, in [0, 1].
        photos: Number of photos, at least 1.
    """

    confidence: float
    accuracy: float
    photos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityCurve:
    """Confidence compared with accuracy.

    Attributes:
        bins: The non-empty bins of 15 bins of equal width over (0, 1], lowest first.
        ece: Expected calibration error: the mean difference of confidence and accuracy over the
            bins, weighted by photos, in [0, 1]. 0 is best.
        nll: Mean negative log-likelihood of the true class, in nats. 0 is best.
    """

    bins: tuple[ReliabilityBin, ...]
    ece: float
    nll: float

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as a dictionary of JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ReliabilityCurve:
        """Create it from the result of ``to_dict``."""
        bins = tuple(ReliabilityBin(**entry) for entry in values["bins"])
        return cls(bins=bins, ece=values["ece"], nll=values["nll"])


def reliability_curve(probabilities: ArrayLike, truth: ArrayLike) -> ReliabilityCurve:
    """Compare the confidence of a classifier with its accuracy.

    Args:
        probabilities: Class probabilities, shape ``(n, n_classes)``, rows sum to 1, n at least 1.
        truth: True class indices, shape ``(n,)``.

    Source:
        Guo, Pleiss, Sun and Weinberger (2017), "On calibration of modern neural networks",
        section 2: bins of equal width, closed above.

    >>> reliability_curve([[0.9, 0.1], [0.9, 0.1]], [0, 1]).ece
    0.4
    """
    rows, true = np.asarray(probabilities, np.float64), np.asarray(truth)
    confidence = rows.max(axis=1)
    right = rows.argmax(axis=1) == true
    number = np.clip(np.ceil(confidence * _BINS).astype(int) - 1, 0, _BINS - 1)
    photos = np.bincount(number, minlength=_BINS)
    sums = np.bincount(number, weights=confidence, minlength=_BINS)
    hits = np.bincount(number, weights=right, minlength=_BINS)
    of_truth = np.maximum(rows[np.arange(len(true)), true], np.finfo(np.float64).tiny)
    return ReliabilityCurve(
        bins=tuple(
            ReliabilityBin(
                confidence=float(sums[index] / photos[index]),
                accuracy=float(hits[index] / photos[index]),
                photos=int(photos[index]),
            )
            for index in np.flatnonzero(photos)
        ),
        ece=float(np.abs(sums - hits).sum() / len(true)),
        nll=float(-np.log(of_truth).mean()),
    )
