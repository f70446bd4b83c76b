"""The check on labels: photos that a cross-validated model assigns to another class.

An implementation of confident learning. cleanlab has it too, but requires pandas, scikit-learn and
SciPy, and its default selection finds fewer of the labels that were changed on purpose
(docs/audit.md).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from transferleaf.auditing.finding import Finding
from transferleaf.auditing.phrases import so_many

if TYPE_CHECKING:
    from transferleaf.auditing.evidence import FeatureEvidence
    from transferleaf.datasets.leaf_dataset import LeafDataset

Floats = npt.NDArray[np.floating[Any]]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulLabel:
    """A photo that looks like another class than its label.

    Attributes:
        photo: Index of the photo.
        given: Number of the class of its label.
        likely: Number of the class that it looks like.
        given_probability: Predicted probability of the label, in [0, 1].
        likely_probability: Predicted probability of the other class, in [0, 1].
    """

    photo: int
    given: int
    likely: int
    given_probability: float
    likely_probability: float


def doubtful_labels(labels: Indices, probabilities: Floats) -> tuple[DoubtfulLabel, ...]:
    """Find the labels that are probably wrong, the most suspicious first.

    A photo is confidently of another class if the probability of that class is at least its average
    among the photos with that label. The number of such photos is the number of doubtful labels.
    Those with the lowest probability are returned, because this ranking is better than one by
    margin (docs/audit.md).

    Args:
        labels: Class numbers, shape ``(n,)``.
        probabilities: Predictions of a model that was not trained on these photos, shape
            ``(n, n_classes)``; rows sum to 1.

    Source:
        Northcutt, Jiang and Chuang (2021), Journal of Artificial Intelligence Research 70,
        arXiv:1911.00068: thresholds by class, the confident joint, ranking by self-confidence.

    >>> sure, unsure = [0.9, 0.1], [0.1, 0.9]
    >>> found = doubtful_labels(np.array([0, 0, 0, 1, 1]), np.array([sure, sure, unsure, unsure,
    ...                                                              unsure]))
    >>> [(doubt.photo, doubt.given, doubt.likely) for doubt in found]
    [(2, 0, 1)]
    """
    likely = probabilities.argmax(axis=1)
    given_probability = probabilities[np.arange(len(labels)), labels]
    number = int(_off_diagonal(confident_joint(labels, probabilities)))
    ranked = np.argsort(given_probability, kind="stable")[:number]
    return tuple(
        DoubtfulLabel(
            photo=int(photo),
            given=int(labels[photo]),
            likely=int(likely[photo]),
            given_probability=float(given_probability[photo]),
            likely_probability=float(probabilities[photo, likely[photo]]),
        )
        for photo in ranked
        if likely[photo] != labels[photo]
    )


def confident_joint(labels: Indices, probabilities: Floats) -> Indices:
    """Count the photos of each label that are confidently of each class.

    Args:
        labels: Class numbers, shape ``(n,)``.
        probabilities: Shape ``(n, n_classes)``; rows sum to 1.

    Returns:
        Counts, shape ``(n_classes, n_classes)``: the row is the label, the column the class.
        Photos that are confidently of none are not counted.
    """
    classes = probabilities.shape[1]
    counts = np.bincount(labels, minlength=classes)
    own = np.bincount(labels, probabilities[np.arange(len(labels)), labels], minlength=classes)
    # No photo is confidently of a class without photos.
    thresholds = np.where(counts > 0, own / np.maximum(counts, 1), np.inf)
    confident = np.where(probabilities >= thresholds, probabilities, -1.0)
    some = confident.max(axis=1) >= 0
    pairs = labels[some] * classes + confident[some].argmax(axis=1)
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def find_label_errors(data: LeafDataset, evidence: FeatureEvidence) -> tuple[Finding, ...]:
    """Find the photos whose label is probably wrong.

    Args:
        data: The photos.
        evidence: The result of ``transferleaf.feature_evidence`` for these photos.

    Raises:
        ConfigError: ``evidence`` is of other photos.
    """
    evidence.check_fits(len(data), len(data.classes))
    read = np.flatnonzero(evidence.read)
    labels, probabilities = data.labels[read], evidence.probabilities[read]
    doubts = doubtful_labels(labels, probabilities)
    if not doubts:
        return ()
    accuracy = float((probabilities.argmax(axis=1) == labels).mean())
    names = [data.names[read[doubt.photo]] for doubt in doubts]
    of_class = Counter(data.classes[doubt.given] for doubt in doubts)
    finding = Finding(
        check="label-errors",
        title=f"{so_many(len(doubts), 'photo', 'look')} like another class than the label says",
        severity="warning",
        count=len(doubts),
        photos=tuple(names),
        classes=tuple(name for name, _ in of_class.most_common()),
        notes={
            name: _described(doubt, data.classes) for name, doubt in zip(names, doubts, strict=True)
        },
        advice="Check them, starting with the first, and correct wrong labels; "
        "a model that learns from wrong labels repeats them.",
        sure=f"{_how_sure(accuracy)}: predictions of a model on {evidence.backbone}, trained on "
        f"other leaves, which agrees with {accuracy:.0%} of all labels",
        figures={"share": round(len(doubts) / len(read), 4), "accuracy": round(accuracy, 4)},
    )
    return (finding,)


def _described(doubt: DoubtfulLabel, classes: tuple[str, ...]) -> str:
    return (
        f"looks like {classes[doubt.likely]} ({doubt.likely_probability:.0%}), "
        f"not {classes[doubt.given]} ({doubt.given_probability:.0%})"
    )


def _how_sure(accuracy: float) -> str:
    # With 5 % of the labels changed at random, 90 % of the listed labels were wrong if the model
    # agreed with 90 % of all labels. If it agrees with fewer labels, its doubts are less reliable.
    return "likely" if accuracy >= 0.85 else "a hint"


def _off_diagonal(joint: Indices) -> int:
    return int(joint.sum() - np.trace(joint))
