"""One scaling of the head's features, whatever group they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.rows import Rows, blocks
from transferleaf.head.space import Floats

# No feature is divided by less than this share of its group's median standard deviation. A feature
# that hardly varied in training is noise to the head, and would decide an answer by itself if it
# were blown up to the size of the others.
FLOOR = 0.05

# So many standard deviations are as far as a feature may lie from its mean; a normally distributed
# one never does. Beyond them a photo is unlike all that the head learnt from.
LIMIT = 8.0

# Beside covariances, the total variance of a group grows with the root of its width, and that of a
# second-order group is greater than that of as many averages. Averages alone do best with the same
# variance for each group from 60 photos a class on. docs/second-order.md has the measurements.
WIDTH_EXPONENT = 0.25
SECOND_ORDER_WEIGHT = 1.5

UNLIMITED = float(np.finfo(np.float32).max)
"""The bound of features that have none."""

_CONSTANT = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FeatureScaling:
    """``clip((features - mean) / scale, -limit, limit)``, feature by feature.

    Attributes:
        mean: Mean of each training feature, shape ``(n_features,)``.
        scale: What each is divided by, shape ``(n_features,)``, above 0.
        limit: Bound of what comes of it, shape ``(n_features,)``, above 0.
    """

    mean: Floats
    scale: Floats
    limit: Floats

    @classmethod
    def of(cls, features: Rows, groups: Sequence[FeatureGroup] = ()) -> FeatureScaling:
        """Measure features in two passes.

        Divided by its standard deviation every feature has the same variance, so a group of 1,280
        features would have 80 times the say of one of 16 under a common L2 penalty. Where all
        groups are averages, each has the same total variance. Beside second-order groups the
        variance of a group grows with the root of its width.

        Args:
            features: Shape ``(n, n_features)``.
            groups: Where they come from, in order. Without them no feature is compared with others:
                each is divided by its standard deviation.
        """
        mean = _mean(features)
        spread = _spread(features, mean)
        size = np.ones_like(spread)
        if groups:
            widths = np.array([group.width for group in groups])
            weights = _weights(groups)
            size = np.repeat(np.sqrt(widths / widths.mean()) / weights, widths)
            parts = np.split(spread, np.cumsum(widths)[:-1])
            spread = np.concatenate([_floored(part) for part in parts])
        scale = np.where(spread > _CONSTANT, spread, 1.0) * size
        return cls(
            mean=mean.astype(np.float32),
            scale=scale.astype(np.float32),
            limit=(LIMIT / size).astype(np.float32),
        )

    def apply(self, features: Floats, out: Floats | None = None) -> Floats:
        """Scale features, shape ``(n, n_features)``, into ``out`` or a new array."""
        scaled = np.subtract(features, self.mean, out=out, dtype=np.float32)
        scaled /= self.scale
        np.clip(scaled, -self.limit, self.limit, out=scaled)
        return scaled

    def apply_in_place(self, features: Floats) -> None:
        """Scale features, shape ``(n, n_features)``, where they are."""
        for block in blocks(features):
            self.apply(features[block], out=features[block])


@dataclass(frozen=True, slots=True, eq=False)
class ScaledRows:
    """Rows that are scaled when they are read.

    Attributes:
        features: Not scaled, shape ``(n, n_features)``.
        scaling: Scales them.
    """

    features: Rows
    scaling: FeatureScaling

    @property
    def shape(self) -> tuple[int, ...]:
        """``(n, n_features)``."""
        return self.features.shape

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, photos: slice, /) -> Floats:
        """Read and scale some rows that follow each other."""
        return self.scaling.apply(self.features[photos])


def _mean(features: Rows) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Mean of each feature, summed in double precision; one pass."""
    total = np.zeros(features.shape[1])
    for block in blocks(features):
        total += features[block].sum(axis=0, dtype=np.float64)
    return total / len(features)


def _spread(
    features: Rows, mean: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Standard deviation of each feature; one pass."""
    centre = mean.astype(np.float32)
    squares = np.zeros(features.shape[1])
    for block in blocks(features):
        squares += np.square(features[block] - centre).sum(axis=0, dtype=np.float64)
    return np.sqrt(squares / len(features))


def _floored(
    spread: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Raise the small standard deviations of a group."""
    varied = spread[spread > _CONSTANT]
    return np.maximum(spread, FLOOR * np.median(varied)) if len(varied) else spread


def _weights(groups: Sequence[FeatureGroup]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The roots of the groups' total variances; their squares have mean 1."""
    second_order = np.array([group.kind == "second-order" for group in groups])
    if not second_order.any():
        return np.ones(len(groups))
    widths = np.array([float(group.width) for group in groups])
    weights = np.where(second_order, SECOND_ORDER_WEIGHT, 1.0) * widths**WIDTH_EXPONENT
    # Features are as large as averages alone: L2 strengths and learning rates mean the same.
    return weights / np.sqrt(np.square(weights).mean())
