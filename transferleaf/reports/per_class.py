"""Metrics per class: confusion matrix, precision, recall and F1, with intervals."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from transferleaf.reports.metrics import Interval, bootstrap_interval
from transferleaf.reports.resampling import leaf_draws, leaf_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassReport:
    """The results for one class.

    Attributes:
        name: The class.
        precision: Share of the photos predicted as this class that are of this class, in [0, 1];
            ``None`` if no photo was predicted as this class.
        recall: Share of the photos of this class that were predicted as this class, in [0, 1];
            ``None`` if there are no photos of this class.
        f1: Harmonic mean of both, in [0, 1]; 0 if one of them is 0 or unknown; ``None`` if both are
            unknown.
        support: Number of photos of this class.
        precision_interval: 95 % interval of ``precision``; ``None`` if it is ``None`` or was not
            computed.
        recall_interval: The same for ``recall``.
        f1_interval: The same for ``f1``.
    """

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    precision_interval: Interval | None = None
    recall_interval: Interval | None = None
    f1_interval: Interval | None = None

    def to_row(self) -> dict[str, Any]:
        """Return the results as a row of a table, with the bounds of each interval."""
        row: dict[str, Any] = {"name": self.name}
        for name in _MEASURES:
            interval: Interval | None = getattr(self, f"{name}_interval")
            row[name] = getattr(self, name)
            row[f"{name}_low"] = None if interval is None else interval.low
            row[f"{name}_high"] = None if interval is None else interval.high
        return {**row, "support": self.support}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ClassReport:
        """Create it from the result of ``dataclasses.asdict``. Older reports have no intervals."""
        found = {name: values.get(name) for name in (f"{each}_interval" for each in _MEASURES)}
        intervals = {name: ends and Interval(**ends) for name, ends in found.items()}
        return cls(**{**values, **intervals})


_MEASURES = ("precision", "recall", "f1")


def confusion_matrix(
    truth: ArrayLike, predicted: ArrayLike, *, n_classes: int
) -> NDArray[np.int64]:
    """Count photos by true and predicted class.

    Args:
        truth: True class indices, shape ``(n,)``.
        predicted: Predicted class indices, shape ``(n,)``.
        n_classes: Number of classes.

    Returns:
        Shape ``(n_classes, n_classes)``. Rows are true classes, columns are predicted classes.

    >>> confusion_matrix([0, 0, 1], [0, 1, 1], n_classes=2).tolist()
    [[1, 1], [0, 1]]
    """
    pairs = np.asarray(truth, np.int64) * n_classes + np.asarray(predicted, np.int64)
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def per_class(confusion: ArrayLike, classes: Sequence[str]) -> tuple[ClassReport, ...]:
    """Compute the metrics of each class.

    A ratio of 0 and 0 is ``None``, because a class without test photos was not measured.

    Args:
        confusion: The result of ``confusion_matrix``.
        classes: Class names.

    >>> per_class([[1, 1], [0, 1]], ["rust", "healthy"])[0].recall
    0.5
    """
    counts = np.asarray(confusion)
    hits, called, there = np.diag(counts), counts.sum(axis=0), counts.sum(axis=1)
    return tuple(
        ClassReport(
            name=name,
            precision=_share(hits[index], called[index]),
            recall=_share(hits[index], there[index]),
            # 2 / (1/precision + 1/recall), in a form that is also defined if one of them is not.
            f1=_share(2 * hits[index], called[index] + there[index]),
            support=int(there[index]),
        )
        for index, name in enumerate(classes)
    )


def class_reports(
    truth: ArrayLike,
    predicted: ArrayLike,
    classes: Sequence[str],
    *,
    groups: Sequence[Hashable] | None = None,
    seed: int = 0,
    resamples: int = 1000,
) -> tuple[ClassReport, ...]:
    """Compute the metrics of each class, with 95 % bootstrap intervals over leaves.

    Args:
        truth: True class indices, shape ``(n,)``, with n at least 1.
        predicted: Predicted class indices, shape ``(n,)``.
        classes: Class names.
        groups: The leaf in each photo. Default: each photo is a separate leaf.
        seed: Random seed of the resampling.
        resamples: Number of resamples.

    Source:
        See ``share_interval``. A resample without photos of a class is ignored for this class.

    >>> rust, healthy = class_reports([0, 0, 1] * 20, [0, 1, 1] * 20, ["rust", "healthy"])
    >>> rust.recall_interval.percent
    '50.0% (34.1% to 66.7%)'
    """
    true, found = np.asarray(truth, np.int64), np.asarray(predicted, np.int64)
    rows = leaf_numbers(groups, len(true))
    counts = _resampled_counts(true, found, rows, len(classes), seed, resamples)
    hits, called, there = counts.transpose(1, 0, 2)
    n_classes = len(classes)
    precision = _shares(hits, called), _leaves_of([found], rows, n_classes)
    recall = _shares(hits, there), _leaves_of([true], rows, n_classes)
    f1 = _shares(2 * hits, called + there), _leaves_of([true, found], rows, n_classes)
    measured = per_class(confusion_matrix(true, found, n_classes=n_classes), classes)
    return tuple(
        replace(
            entry,
            precision_interval=_interval(entry.precision, *precision, number),
            recall_interval=_interval(entry.recall, *recall, number),
            f1_interval=_interval(entry.f1, *f1, number),
        )
        for number, entry in enumerate(measured)
    )


def _interval(
    value: float | None,
    resampled: NDArray[np.float64],
    leaves: NDArray[np.int64],
    number: int,
) -> Interval | None:
    """Return the interval of one class, or ``None`` if it was not measured."""
    if value is None:
        return None
    return bootstrap_interval(value, resampled[:, number], leaves=int(leaves[number]))


def _resampled_counts(
    true: NDArray[np.int64],
    found: NDArray[np.int64],
    rows: NDArray[np.int64],
    n_classes: int,
    seed: int,
    resamples: int,
) -> NDArray[np.float64]:
    """Return correct, predicted and all photos per class: ``(resamples, 3, n_classes)``."""
    right, leaves = true == found, int(rows.max()) + 1
    counts = np.empty((resamples, 3, n_classes))
    for number, chosen in enumerate(leaf_draws(leaves, seed, resamples)):
        weights = np.bincount(chosen, minlength=leaves)[rows]
        counts[number, 0] = np.bincount(true, weights * right, n_classes)
        counts[number, 1] = np.bincount(found, weights, n_classes)
        counts[number, 2] = np.bincount(true, weights, n_classes)
    return counts


def _leaves_of(
    labels: Sequence[NDArray[np.int64]], rows: NDArray[np.int64], n_classes: int
) -> NDArray[np.int64]:
    """Count the leaves of each class, in any of the labels."""
    pairs = np.unique(np.concatenate([rows * n_classes + each for each in labels]))
    return np.bincount(pairs % n_classes, minlength=n_classes)


def _shares(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _share(part: int, whole: int) -> float | None:
    return float(part / whole) if whole else None
