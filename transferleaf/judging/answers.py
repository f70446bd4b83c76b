"""The predictions of a classifier for a set of photos, and the photos without a prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.calibrating.answering import answer_files
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import BadPhotosError, PhotoError
from transferleaf.judging.matching import UNKNOWN
from transferleaf.predictions import Verdict
from transferleaf.reports.facts import UnreadablePhoto
from transferleaf.reports.set_report import UnknownClass

_REMEDY = "No other photo of a class that the classifier knows is left, so there are no results."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """The predictions that can be evaluated.

    Attributes:
        photos: Their photos, at least one. The labels are indices of the classes of the data.
        truth: Their class indices in the classifier, shape ``(n,)``.
        probabilities: Class probabilities, shape ``(n, n_classes)``; rows sum to 1.
        unreadable: Unreadable photos.
        unknown: Classes that the classifier does not have.
        verdicts: The verdict of each prediction; ``None`` without calibration.
    """

    photos: LeafDataset
    truth: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    unreadable: tuple[UnreadablePhoto, ...]
    unknown: tuple[UnknownClass, ...]
    verdicts: tuple[Verdict, ...] | None = None

    @property
    def predicted(self) -> NDArray[np.int64]:
        """Indices of the most probable classes, shape ``(n,)``."""
        numbers: NDArray[np.int64] = self.probabilities.argmax(axis=1)
        return numbers

    @property
    def confidence(self) -> NDArray[np.float64]:
        """Probabilities of the most probable classes, shape ``(n,)``."""
        highest: NDArray[np.float64] = self.probabilities.max(axis=1)
        return highest

    @property
    def groups(self) -> list[str | int] | None:
        """The leaf of each photo, or a unique number; ``None`` if no leaf is known."""
        if not self.photos.n_leaves:
            return None
        return [row if leaf is None else leaf for row, leaf in enumerate(self.photos.leaves)]


def ask(
    classifier: Any,
    data: LeafDataset,
    labels: NDArray[np.int64],
    *,
    threshold: float | None,
    batch_size: int,
) -> Answers:
    """Run a classifier on every photo, once.

    Args:
        classifier: A ``TransferClassifier``.
        data: The photos, at least one.
        labels: The class index of each photo in the classifier, or ``UNKNOWN``.
        threshold: The calibrated threshold; ``None`` without one.
        batch_size: Number of photos per batch.

    Raises:
        BadPhotosError: No readable photo of a known class is left.
    """
    found = answer_files(classifier, data.paths, batch_size=batch_size)
    return sort_answers(
        data,
        labels,
        found.probabilities,
        found.reasons,
        threshold=threshold,
        verdicts=found.verdicts,
    )


def sort_answers(
    data: LeafDataset,
    labels: NDArray[np.int64],
    found: NDArray[Any],
    reasons: Mapping[int, str],
    *,
    threshold: float | None,
    verdicts: Sequence[Verdict] | None,
) -> Answers:
    """Separate the predictions that can be evaluated from the others.

    Args:
        data: The photos, at least one.
        labels: The class index of each photo in the classifier, or ``UNKNOWN``.
        found: Class probabilities, shape ``(n, n_classes)``.
        reasons: Why photos cannot be read, by index. Their rows in ``found`` are undefined.
        threshold: The calibrated threshold; ``None`` without one.
        verdicts: The verdict of each prediction; ``None`` without calibration.

    Raises:
        BadPhotosError: No readable photo of a known class is left.
    """
    read = np.array([row not in reasons for row in range(len(data))])
    judged = np.flatnonzero(read & (labels != UNKNOWN))
    if not judged.size:
        errors = [PhotoError(data.paths[row], reason) for row, reason in sorted(reasons.items())]
        raise BadPhotosError(errors, photos=len(data), remedy=_REMEDY)
    return Answers(
        photos=data.subset(judged),
        truth=labels[judged],
        probabilities=found[judged].astype(np.float64),
        unreadable=tuple(
            UnreadablePhoto(name=data.names[row], reason=reason)
            for row, reason in sorted(reasons.items())
        ),
        unknown=_unknown_classes(
            data, found.max(axis=1), read & (labels == UNKNOWN), _sure(verdicts, threshold)
        ),
        verdicts=None if verdicts is None else tuple(verdicts[int(row)] for row in judged),
    )


def _unknown_classes(
    data: LeafDataset,
    confidence: NDArray[Any],
    unknown: NDArray[np.bool_],
    sure: NDArray[np.bool_] | None,
) -> tuple[UnknownClass, ...]:
    of_class = [(name, unknown & (data.labels == row)) for row, name in enumerate(data.classes)]
    return tuple(
        UnknownClass(
            name=name,
            photos=int(photos.sum()),
            mean_confidence=float(confidence[photos].mean()),
            answered=None if sure is None else int(sure[photos].sum()),
        )
        for name, photos in of_class
        if photos.any()
    )


def _sure(verdicts: Sequence[Verdict] | None, threshold: float | None) -> NDArray[np.bool_] | None:
    if verdicts is None or threshold is None:
        return None
    return np.array([each == "sure" for each in verdicts])
