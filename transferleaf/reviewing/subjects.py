"""Subjects of a review: the photos of an audited data set, or new photos without labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import LeafDatasetError
from transferleaf.reviewing.audit_queue import audit_queue, label_suspicions
from transferleaf.reviewing.comparing import Examples
from transferleaf.reviewing.items import Reason, ReviewItem
from transferleaf.reviewing.review import Subject
from transferleaf.reviewing.teaching import photos_to_label, uncertainty
from transferleaf.text.wording import first_few

if TYPE_CHECKING:
    from transferleaf.auditing.audit import Audit
    from transferleaf.auditing.evidence import FeatureEvidence

Floats = npt.NDArray[np.floating[Any]]


def audited_photos(
    data: LeafDataset,
    audit: Audit,
    evidence: FeatureEvidence | None,
    *,
    hashes: Sequence[str | None],
    limit: int | None = None,
) -> Subject:
    """Create a review of a data set from its audit.

    Args:
        data: The audited photos.
        audit: The audit.
        evidence: The evidence of the audit, or ``None``.
        hashes: SHA-256 of each file; ``None`` if it cannot be read.
        limit: Maximum number of questions. Default: all.

    Raises:
        LeafDatasetError: Two photos have the same name.
    """
    _check_names(data)
    return Subject(
        data=data,
        hashes=tuple(hashes),
        items=audit_queue(data, audit, evidence)[:limit],
        examples=Examples.of_data(data, evidence),
        suspicions=label_suspicions(data, evidence),
    )


def new_photos(
    paths: Sequence[Path],
    probabilities: Floats,
    features: Floats,
    *,
    classes: Sequence[str],
    hashes: Sequence[str | None],
    examples: Examples,
    chosen: Sequence[str],
    number: int,
    labelled: Mapping[str, bool],
) -> tuple[Subject, tuple[str, ...]]:
    """Create a review of photos without labels, those whose labels are most useful for training.

    Args:
        paths: The photos.
        probabilities: Predictions of the classifier, shape ``(n, n_classes)``; rows sum to 1.
        features: Scaled features of its head, shape ``(n, n_features)``.
        classes: Class names.
        hashes: SHA-256 of each file.
        examples: Labelled photos for comparison.
        chosen: Names of photos that were chosen before. They come first.
        number: Number of photos to choose if all earlier ones have a label.
        labelled: Whether each earlier photo has a label, by name.

    Returns:
        The subject of the review, and the names of the newly chosen photos.
    """
    names = tuple(str(path.absolute()) for path in paths)
    at = {name: photo for photo, name in enumerate(names)}
    before = [at[name] for name in chosen if name in at]
    fresh: list[int] = []
    if all(labelled.get(name, False) for name in chosen if name in at):
        rest = np.setdiff1d(np.arange(len(names)), before)
        if len(rest):
            picked = photos_to_label(features[rest], probabilities[rest], number)
            fresh = rest[picked[:number]].tolist()
    data = LeafDataset(
        paths=tuple(paths),
        labels=probabilities.argmax(axis=1),
        classes=tuple(classes),
        leaves=(None,) * len(names),
        origin=f"{len(names):,} new photos",
        names=names,
    )
    items = tuple(_to_label(data, photo, probabilities) for photo in (*before, *fresh))
    subject = Subject(
        data=data,
        hashes=tuple(hashes),
        items=items,
        examples=examples,
        suspicions=np.full(len(names), np.nan),
        new=True,
    )
    return subject, tuple(names[photo] for photo in fresh)


def _to_label(data: LeafDataset, photo: int, probabilities: Floats) -> ReviewItem:
    likely, second = np.argsort(-probabilities[photo], kind="stable")[:2].tolist()
    values: dict[str, str | float] = {
        "likely": data.classes[likely],
        "likely_probability": float(probabilities[photo, likely]),
        "second": data.classes[second],
        "second_probability": float(probabilities[photo, second]),
    }
    most = np.log(probabilities.shape[1])
    return ReviewItem(
        key=f"new:{data.names[photo]}",
        photo=photo,
        kind="new",
        reasons=(Reason(check="to-label", values=values),),
        given=likely,
        proposed=second,
        action="keep",
        suspicion=float(uncertainty(probabilities[photo : photo + 1])[0] / most),
    )


def _check_names(data: LeafDataset) -> None:
    twice = [name for name, count in Counter(data.names).items() if count > 1]
    if twice:
        raise LeafDatasetError(
            "names", f"stand for two photos: {first_few(twice)}", "give each photo its own"
        )
