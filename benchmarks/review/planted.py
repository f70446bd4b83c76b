"""Reviews of planted wrong labels by somebody who knows which they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import transferleaf as tl
from benchmarks.review.photos import BACKBONE, PhotoSet
from transferleaf.auditing.evidence import FeatureEvidence
from transferleaf.auditing.running import check_subject
from transferleaf.datasets.labels import parse_label
from transferleaf.head.out_of_fold import out_of_fold_probabilities, usable_folds
from transferleaf.reviewing.audit_queue import audit_queue, label_suspicions
from transferleaf.reviewing.stopping import FEWEST_REVIEWED, wrong_labels

# How many labels are reviewed when an estimate is compared with the truth.
CHECKED = (40, 60, 80, 100)
REVIEWED = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A set of photos, and wrong labels in it.

    Attributes:
        photos: Name of the set.
        share: Share of the labels that are changed.
        same_crop: Whether the wrong class is of the same crop, which is harder to see.
        number: Photos, drawn of each class in turn; all where ``None``.
        seeds: Repetitions.
    """

    photos: str
    share: float
    same_crop: bool = False
    number: int | None = None
    seeds: int = 5


CASES = {
    "field, 5 %": Planted(photos="field-mini", share=0.05),
    "field, 5 %, same crop": Planted(photos="field-mini", share=0.05, same_crop=True),
    "field, 2 %": Planted(photos="field-mini", share=0.02),
    "field, 10 %": Planted(photos="field-mini", share=0.10),
    "PlantVillage, 5 %": Planted(photos="plantvillage-mini", share=0.05, number=640),
    "PlantVillage, 5 %, same crop": Planted(
        photos="plantvillage-mini", share=0.05, same_crop=True, number=640
    ),
}


def reviews(photos: PhotoSet, case: Planted, seed: int) -> dict[str, Any]:
    """Plant wrong labels and review them; returns what was found when."""
    rng = np.random.default_rng(seed)
    some = photos.draw(case.number, rng)
    data, planted = _plant(some.data, case, rng)
    evidence = _evidence(some, data)
    suspicions = label_suspicions(data, evidence)
    # Copies do not depend on labels, so they are searched for once.
    audited = check_subject(replace(some.subject, data=data), evidence=evidence)
    items = audit_queue(data, audited, evidence)
    asked = [item.photo for item in items]
    labels = np.array([item.photo for item in items if item.kind == "label"], np.int64)
    stops, estimates = None, []
    for reviewed in range(FEWEST_REVIEWED, len(labels) + 1):
        seen = labels[:reviewed]
        others = np.setdiff1d(np.arange(len(data)), seen)
        told = wrong_labels(suspicions[seen], planted[seen], suspicions[others])
        if told.enough and stops is None:
            stops = reviewed
        if told.left is not None and reviewed in CHECKED:
            left = int(planted[others].sum())
            estimates.append([reviewed, left, round(told.left, 1), told.low, told.high])
    stopped = labels[: stops or len(labels)]
    return {
        "photos": len(data),
        "planted": int(planted.sum()),
        "questions": len(items),
        "found_at_60": int(planted[list(dict.fromkeys(asked[:REVIEWED]))].sum()),
        "stops_at": stops,
        "reviewed": len(stopped),
        "found": int(planted[stopped].sum()),
        "estimates": estimates,
    }


def _plant(
    data: tl.LeafDataset, case: Planted, rng: np.random.Generator
) -> tuple[tl.LeafDataset, NDArray[np.bool_]]:
    """Change labels at random."""
    crops = [parse_label(name).crop for name in data.classes]
    labels = data.labels.copy()
    others = [
        [
            other
            for other, crop in enumerate(crops)
            if other != label and (not case.same_crop or crop == crops[label])
        ]
        for label in range(len(crops))
    ]
    possible = np.flatnonzero([bool(others[label]) for label in labels])
    changed = rng.choice(possible, round(case.share * len(data)), replace=False)
    for photo in changed:
        labels[photo] = rng.choice(others[labels[photo]])
    return replace(data, labels=labels), np.isin(np.arange(len(data)), changed)


def _evidence(photos: PhotoSet, data: tl.LeafDataset) -> FeatureEvidence:
    """What ``transferleaf.feature_evidence`` returns, from features that are known."""
    probabilities = out_of_fold_probabilities(
        photos.features,
        data.labels,
        data.leaves,
        classes=data.classes,
        groups=photos.groups,
        folds=usable_folds(data.labels, data.leaves, 5),
    )
    return FeatureEvidence(
        features=photos.averages,
        probabilities=probabilities,
        backbone=BACKBONE,
        widths=photos.widths,
    )
