"""The check for photos that do not show a leaf: their features are unlike all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from transferleaf.auditing.finding import Finding
from transferleaf.auditing.phrases import so_many
from transferleaf.auditing.statistics import robust_distance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transferleaf.auditing.evidence import FeatureEvidence
    from transferleaf.datasets.leaf_dataset import LeafDataset

Floats = npt.NDArray[np.floating[Any]]
Indices = npt.NDArray[np.int64]

# With fewer photos, the spread cannot be estimated.
_FEWEST_PHOTOS = 100

# Late stages are used, because early stages represent light and contrast, which also vary among
# leaves.
_STAGES = 3

# Maximum number of principal components, and the photos needed for each to estimate its variance.
_DIRECTIONS = 64
_PHOTOS_A_DIRECTION = 5

# Each further estimate uses only this share of the photos, the nearest ones, so that outliers do
# not influence it.
_KEPT = 0.95
_ROUNDS = 3

_SHRINKAGE = 0.05
_FEWEST_IN_CLASS = 5

# Distances have a long tail. Above this limit are 0.4 % of the photos of PlantVillage and 0.6 % of
# field photos of leaves (docs/audit.md).
_FAR = 4.5


def find_outliers(data: LeafDataset, evidence: FeatureEvidence) -> tuple[Finding, ...]:
    """Find the photos that are unlike all others, such as those that show no leaf.

    Args:
        data: The photos.
        evidence: The result of ``transferleaf.feature_evidence`` for these photos.

    Returns:
        One finding or none. None if fewer than 100 photos are readable.

    Raises:
        ConfigError: ``evidence`` is of other photos.
    """
    evidence.check_fits(len(data), len(data.classes))
    read = np.flatnonzero(evidence.read)
    if len(read) < _FEWEST_PHOTOS:
        return ()
    oddness = oddness_of_photos([part[read] for part in evidence.stages()], data.labels[read])
    far = np.argsort(-oddness, kind="stable")[: int((oddness > _FAR).sum())]
    if not len(far):
        return ()
    names = [data.names[row] for row in read[far]]
    finding = Finding(
        check="outliers",
        title=f"{so_many(len(far), 'photo', 'look')} unlike all others",
        severity="note",
        count=len(far),
        photos=tuple(names),
        notes={
            name: f"{oddness[row]:.1f} usual spreads from the middle"
            for name, row in zip(names, far, strict=True)
        },
        advice="Check whether they show a leaf, and remove those that do not.",
        sure=f"a hint: more than {_FAR} spreads away in the features of {evidence.backbone}, as "
        "about 5 of 1,000 leaves are too",
        figures={
            "share": round(len(far) / len(read), 4),
            "farthest": round(float(oddness.max()), 2),
        },
    )
    return (finding,)


def oddness_of_photos(stages: Sequence[Floats], labels: Indices) -> npt.NDArray[np.float64]:
    """Return the distance of each photo from the nearest class, relative to the usual distance.

    Args:
        stages: Features of each stage, shape ``(n, width)``, from low to high level.
        labels: Class numbers, shape ``(n,)``.

    Returns:
        Robust z-scores, shape ``(n,)``: 0 for an ordinary photo.

    Source:
        Lee et al. (2018), arXiv:1807.03888: Mahalanobis distance to the nearest class, with one
        covariance for all, in several stages.
    """
    late = [robust_distance(_log_distances(stage, labels)) for stage in stages[-_STAGES:]]
    return robust_distance(np.mean(late, axis=0))


def _log_distances(features: Floats, labels: Indices) -> npt.NDArray[np.float64]:
    x = _main_directions(features.astype(np.float64))
    usual = np.ones(len(x), bool)
    for _ in range(_ROUNDS):
        distances = _distances(x, labels, usual)
        usual = distances <= np.quantile(distances, _KEPT)
    return np.log(np.maximum(distances, 1e-9))


def _main_directions(features: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the principal components of the standardised features."""
    spread = features.std(axis=0)
    scaled = (features - features.mean(axis=0)) / np.where(spread > 1e-6, spread, 1.0)
    number = min(_DIRECTIONS, len(scaled) // _PHOTOS_A_DIRECTION, scaled.shape[1])
    _, directions = np.linalg.eigh(scaled.T @ scaled)
    return np.asarray(scaled @ directions[:, -number:])


def _distances(
    x: npt.NDArray[np.float64], labels: Indices, usual: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Return the squared Mahalanobis distance to the nearest class, shape ``(n,)``."""
    centres, residuals = _centres(x[usual], labels[usual])
    covariance = residuals.T @ residuals / len(residuals)
    width = len(covariance)
    alike = np.eye(width) * (np.trace(covariance) / width + 1e-12)
    covariance = (1 - _SHRINKAGE) * covariance + _SHRINKAGE * alike
    whiten = np.linalg.cholesky(np.linalg.inv(covariance))
    nearest = [(((x - centre) @ whiten) ** 2).sum(axis=1) for centre in centres]
    return np.asarray(np.min(nearest, axis=0))


def _centres(
    x: npt.NDArray[np.float64], labels: Indices
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the means of the classes with enough photos, and the deviations of their photos."""
    counts = np.bincount(labels)
    large = np.flatnonzero(counts >= _FEWEST_IN_CLASS)
    if not len(large):
        centre = x.mean(axis=0, keepdims=True)
        return centre, x - centre
    centres = np.stack([x[labels == label].mean(axis=0) for label in large])
    known = np.isin(labels, large)
    return centres, x[known] - centres[np.searchsorted(large, labels[known])]
