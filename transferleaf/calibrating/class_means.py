"""Class means: the mean features of each class, to detect photos of something else."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# At most one in twenty photos of known leaves may be called unknown.
_KEPT = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class ClassMeans:
    """The mean features of each class, standardised as in the head.

    A photo is "unknown" if it is far from all class means. The distance uses all features, also
    those with small weights in the head. ``benchmarks/unknown_photos.py`` compares it with other
    measures.

    Attributes:
        means: Shape ``(n_classes, n_features)``, float32.

    Source:
        Lee, Lee, Lee and Shin (2018), "A simple unified framework for detecting out-of-distribution
        samples and adversarial attacks", with a diagonal covariance: that of the standardised
        features, the same for all classes.
    """

    means: Floats

    @classmethod
    def of(cls, features: Floats, labels: NDArray[np.integer[Any]], *, classes: int) -> ClassMeans:
        """Compute the mean features of each class.

        Args:
            features: Standardised features, shape ``(n, n_features)``.
            labels: Class indices, shape ``(n,)``. Each class must occur.
            classes: Number of classes.
        """
        return cls(np.stack([features[labels == label].mean(axis=0) for label in range(classes)]))

    def distances(self, features: Floats) -> NDArray[np.float64]:
        """Return the distance of each photo to the nearest mean, as root mean square.

        Args:
            features: Standardised features, shape ``(n, n_features)``.

        >>> means = ClassMeans(np.array([[0.0, 0.0], [4.0, 0.0]]))
        >>> means.distances(np.array([[3.0, 1.0]])).tolist()
        [1.0]
        """
        return np.asarray(np.min(self._to_each(features), axis=1))

    def distances_of_others(
        self,
        features: Floats,
        labels: NDArray[np.integer[Any]],
        leaves: Sequence[Hashable | None] | None,
    ) -> NDArray[np.float64]:
        """Return the distances of the photos of the means, as if they were new.

        The mean of a photo's class is computed without the photos of its leaf. If the class has
        only this leaf, the nearest mean of the other classes counts.

        Args:
            features: The features passed to ``of``.
            labels: The labels passed to ``of``.
            leaves: The leaf in each photo. ``None``, or ``None`` for all: unknown.
        """
        distances = self._to_each(features)
        for rows, label in _photos_of_leaves(labels, leaves):
            rest = int((labels == label).sum()) - len(rows)
            if not rest:
                distances[rows, label] = np.inf
                continue
            own = features[rows]
            # A sum over all others would need a pass over the photos for each leaf.
            mean = (self.means[label] * (rest + len(rows)) - own.sum(axis=0)) / rest
            distances[rows, label] = np.sqrt(np.square(own - mean).mean(axis=1))
        return np.asarray(np.min(distances, axis=1))

    def _to_each(self, features: Floats) -> NDArray[np.float64]:
        each = [np.sqrt(np.square(features - mean).mean(axis=1)) for mean in self.means]
        return np.stack(each, axis=1).astype(np.float64)


def farthest_known(distances: NDArray[np.float64]) -> float | None:
    """Return the distance that at most one in twenty known photos exceeds, also for few photos.

    Args:
        distances: Distances of known photos, as if they were new, shape ``(n,)``.

    Returns:
        ``None`` if n is below 19, because even the largest distance is exceeded too often.

    Source:
        The quantile of split conformal prediction; Laxhammar and Falkman (2010) use it to detect
        anomalies at a known rate of false alarms.

    >>> farthest_known(np.arange(19.0)), farthest_known(np.arange(18.0))
    (18.0, None)
    """
    rank = math.ceil(round(_KEPT * (len(distances) + 1), 9))
    if rank > len(distances):
        return None
    found = float(np.sort(distances)[rank - 1])
    return found if math.isfinite(found) else None


def _photos_of_leaves(
    labels: NDArray[np.integer[Any]], leaves: Sequence[Hashable | None] | None
) -> list[tuple[NDArray[np.int64], int]]:
    """Return the indices of the photos, and the class, for each leaf and class."""
    rows_of: dict[tuple[Hashable, int], list[int]] = {}
    for row, label in enumerate(labels.tolist()):
        leaf = None if leaves is None else leaves[row]
        rows_of.setdefault(((row,) if leaf is None else leaf, label), []).append(row)
    return [(np.array(rows, np.int64), label) for (_, label), rows in rows_of.items()]
