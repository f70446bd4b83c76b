"""How accurate a head becomes with the labels of new photos, by the way that these were chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.review.photos import PhotoSet
from benchmarks.review.ways import WAYS, Pool
from transferleaf.head.solver import HeadProblem, LinearHead, solve_head

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A classifier with few photos, and labels for more.

    Attributes:
        photos: Name of the set.
        labels: How many new photos get a label.
        trained_on: Photos of each class that it has.
        judged_by: Photos of each class for validation.
        tested_on: Share of the photos of each class for the test, of other leaves.
        seeds: Repetitions.
    """

    photos: str
    labels: int
    trained_on: int = 5
    judged_by: int = 4
    tested_on: float = 0.25
    seeds: int = 10


COMPARISONS = {
    "field, 50 labels": Comparison(photos="field-mini", labels=50),
    "field, 100 labels": Comparison(photos="field-mini", labels=100),
    "PlantVillage, 100 labels": Comparison(photos="plantvillage-mini", labels=100, seeds=3),
}


def choices(photos: PhotoSet, case: Comparison, seed: int) -> dict[str, float]:
    """Return the test accuracy after each way, and before any new label."""
    train, validation, test, pool = _parts(photos, case, seed)
    first = _solved(photos, train, validation)
    new = Pool(
        features=first.scaling.apply(photos.features[pool]),
        probabilities=first.probabilities(photos.features[pool]),
        trained_on=first.scaling.apply(photos.features[train]),
        seed=seed,
    )
    found = {"no new label": _accuracy(photos, first, test)}
    for name, way in WAYS.items():
        more = np.concatenate([train, pool[way(new, case.labels)]])
        found[name] = _accuracy(photos, _solved(photos, more, validation), test)
    return {name: round(accuracy, 5) for name, accuracy in found.items()}


def _parts(photos: PhotoSet, case: Comparison, seed: int) -> tuple[Rows, ...]:
    """Photos to learn from, to validate and test on, and new ones; leaves are kept whole."""
    rng = np.random.default_rng(1000 + seed)
    data = photos.data
    parts: tuple[list[int], ...] = ([], [], [], [])
    for label in range(len(data.classes)):
        rows = np.flatnonzero(data.labels == label)
        leaves: dict[Any, list[int]] = {}
        for row in rows.tolist():
            leaves.setdefault(data.leaves[row] or row, []).append(row)
        wanted = [case.trained_on, case.judged_by, round(case.tested_on * len(rows)), len(rows)]
        order = [list(leaves)[each] for each in rng.permutation(len(leaves))]
        part, filled = 0, 0
        for leaf in order:
            if filled >= wanted[part]:
                part, filled = part + 1, 0
            parts[part].extend(leaves[leaf])
            filled += len(leaves[leaf])
    return tuple(np.array(part, np.int64) for part in parts)


def _solved(photos: PhotoSet, train: Rows, validation: Rows) -> LinearHead:
    targets = np.eye(len(photos.data.classes), dtype=np.float32)
    problems = [
        HeadProblem(
            features=photos.features[rows],
            targets=targets[photos.data.labels[rows]],
            weights=np.ones(len(rows), np.float32),
        )
        for rows in (train, validation)
    ]
    return solve_head(*problems, groups=photos.groups)


def _accuracy(photos: PhotoSet, head: LinearHead, test: Rows) -> float:
    predicted = head.probabilities(photos.features[test]).argmax(axis=1)
    return float((predicted == photos.data.labels[test]).mean())
