"""Labelled photos to compare a doubtful one with: the most similar ones of a class."""

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
    """Labelled photos, and how similar each photo of a review is to them.

    Attributes:
        paths: Path of each example.
        names: Its name, for people.
        labels: Its class number, shape ``(n_examples,)``.
        leaves: Its leaf, or ``None`` where unknown.
        directions: Features of the examples, of length 1, shape ``(n_examples, width)``; ``None``
            where none are known, and then the first of a class are taken.
        queries: Features of the photos under review, likewise.
        own: Whether the examples are the photos under review themselves.
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
        """Return the examples of a class that are most similar to a photo, the nearest first.

        The photo itself is not among them, and neither are photos of its leaf: they would bear
        the same label, right or wrong.

        Args:
            photo: Position of the photo under review.
            label: Class number.
            number: How many at most.
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
    """Put each feature on mean 0 and standard deviation 1; rows of NaN stay so."""
    read = ~np.isnan(features[:, 0])
    seen = features[read].astype(np.float64)
    spread = seen.std(axis=0)
    scaled = (features - seen.mean(axis=0)) / np.where(spread > 1e-6, spread, 1.0)
    return scaled.astype(np.float32)


def unit_length(rows: npt.NDArray[Any]) -> Floats:
    """Scale each row to length 1; a row of zeros stays so.

    >>> unit_length(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1.0), np.float32)
