"""Each class by itself: confusion, precision, recall and F1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassReport:
    """How well one class is told from the others.

    Attributes:
        name: The class.
        precision: Share of the photos called so that are so, in [0, 1]; ``None`` where none was
            called so.
        recall: Share of the photos that are so that were called so, in [0, 1]; ``None`` where
            there are none.
        f1: Harmonic mean of both, in [0, 1]; 0 where one of them is 0 or unknown; ``None`` where
            both are unknown.
        support: Photos that are so.
    """

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int


def confusion_matrix(
    truth: ArrayLike, predicted: ArrayLike, *, n_classes: int
) -> NDArray[np.int64]:
    """Count photos by true and predicted class.

    Args:
        truth: True class numbers, shape ``(n,)``.
        predicted: Predicted class numbers, shape ``(n,)``.
        n_classes: Number of classes.

    Returns:
        Shape ``(n_classes, n_classes)``; rows are true classes, columns predicted ones.

    >>> confusion_matrix([0, 0, 1], [0, 1, 1], n_classes=2).tolist()
    [[1, 1], [0, 1]]
    """
    pairs = np.asarray(truth, np.int64) * n_classes + np.asarray(predicted, np.int64)
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def per_class(confusion: ArrayLike, classes: Sequence[str]) -> tuple[ClassReport, ...]:
    """Measure each class by itself.

    What would be 0 divided by 0 is ``None``: a class without test photos was not measured, which
    is something else than 0.

    Args:
        confusion: As ``confusion_matrix`` gives it.
        classes: Names of the classes.

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
            # 2 / (1/precision + 1/recall), in the form that also holds where one is unknown.
            f1=_share(2 * hits[index], called[index] + there[index]),
            support=int(there[index]),
        )
        for index, name in enumerate(classes)
    )


def _share(part: int, whole: int) -> float | None:
    return float(part / whole) if whole else None
