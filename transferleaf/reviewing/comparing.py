"""Labelled photos for comparison with a doubtful photo: the most similar ones of a class."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from transferleaf.auditing.evidence import FeatureEvidence
    from transferleaf.datasets.leaf_dataset import LeafDataset

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """Labelled photos, and their similarity to each photo of a review.

    Attributes:
        paths: Path of each example.
        names: Display name of each example.
        labels: Class numbers, shape ``(n_examples,)``.
        leaves: Leaf of each example, or ``None`` if unknown.
        directions: Features of the examples, scaled to length 1, shape ``(n_examples, width)``.
            With ``None``, the first examples of a class are used.
        queries: Features of the reviewed photos, scaled in the same way.
        own: Whether the examples are the reviewed photos.
    """

    paths: tuple[Path, ...]
    names: tuple[str, ...]
    labels: Indices
    leaves: tuple[Hashable | None, ...]
    directions: Floats | None = None
    queries: Floats | None = None
    own: bool = False

    @classmethod
    def of_data(cls, data: LeafDataset, evidence: FeatureEvidence | None) -> Examples:
        """Compare the photos of a data set with each other."""
        directions = None
        if evidence is not None:
            directions = unit_length(standardized(evidence.features))
        return cls(
            paths=data.paths,
            names=data.names,
            labels=data.labels,
            leaves=data.leaves,
            directions=directions,
            queries=directions,
            own=True,
        )

    def nearest(self, photo: int, label: int, number: int) -> tuple[int, ...]:
        """Return the examples of a class that are most similar to a photo, most similar first.

        The photo itself and photos of its leaf are excluded, because they have the same label,
        right or wrong.

        Args:
            photo: Index of the reviewed photo.
            label: Class number.
            number: Maximum number of examples.
        """
        chosen = self.labels == label
        if self.own:
            chosen[photo] = False
            leaf = self.leaves[photo]
            if leaf is not None:
                chosen &= np.array([each != leaf for each in self.leaves])
        rows = np.flatnonzero(chosen)
        if self.directions is None or self.queries is None or not len(rows):
            return tuple(rows[:number].tolist())
        likeness = np.nan_to_num(self.directions[rows] @ self.queries[photo], nan=-2.0)
        order = np.argsort(-likeness, kind="stable")[:number]
        return tuple(rows[order].tolist())


def standardized(features: Floats) -> Floats:
    """Scale each feature to mean 0 and standard deviation 1. Rows of NaN do not change."""
    read = ~np.isnan(features[:, 0])
    seen = features[read].astype(np.float64)
    spread = seen.std(axis=0)
    scaled = (features - seen.mean(axis=0)) / np.where(spread > 1e-6, spread, 1.0)
    return scaled.astype(np.float32)


def unit_length(rows: npt.NDArray[Any]) -> Floats:
    """Scale each row to length 1. Rows of zeros do not change.

    >>> unit_length(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1.0), np.float32)
