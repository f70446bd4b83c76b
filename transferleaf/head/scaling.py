"""Standardisation of the head's features, with a weight for each feature group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.rows import Rows, blocks
from transferleaf.head.space import Floats

# Minimum divisor, as a fraction of the group's median standard deviation. A feature that hardly
# varied in training is noise, and without this minimum it could dominate a prediction.
FLOOR = 0.05

# Maximum distance of a feature from its mean, in standard deviations. Normally distributed features
# never reach it. Photos beyond it are unlike the training photos.
LIMIT = 8.0

# With second-order groups, the total variance of a group grows with the square root of its width,
# and is larger for second-order groups. With averages only, an equal variance for each group is
# best from 60 photos per class on. docs/second-order.md has the measurements.
WIDTH_EXPONENT = 0.25
SECOND_ORDER_WEIGHT = 1.5

UNLIMITED = float(np.finfo(np.float32).max)
"""The limit of features without one."""

_CONSTANT = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FeatureScaling:
    """``clip((features - mean) / scale, -limit, limit)`` for each feature.

    Attributes:
        mean: Mean of each feature in training, shape ``(n_features,)``.
        scale: Divisor of each feature, shape ``(n_features,)``, above 0.
        limit: Limit of each scaled feature, shape ``(n_features,)``, above 0.
    """

    mean: Floats
    scale: Floats
    limit: Floats

    @classmethod
    def of(cls, features: Rows, groups: Sequence[FeatureGroup] = ()) -> FeatureScaling:
        """Compute the scaling of features in two passes.

        With a common L2 penalty and equal variances, a group of 1,280 features would have 80 times
        the weight of a group of 16. If all groups are averages, each gets the same total variance.
        With second-order groups, the variance of a group grows with the square root of its width.

        Args:
            features: Features, shape ``(n, n_features)``.
            groups: The feature groups, in order. Without groups, each feature is divided by its
                standard deviation.
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
        """Return scaled features, shape ``(n, n_features)``, in ``out`` or a new array."""
        scaled = np.subtract(features, self.mean, out=out, dtype=np.float32)
        scaled /= self.scale
        np.clip(scaled, -self.limit, self.limit, out=scaled)
        return scaled

    def apply_in_place(self, features: Floats) -> None:
        """Scale features, shape ``(n, n_features)``, in place."""
        for block in blocks(features):
            self.apply(features[block], out=features[block])


@dataclass(frozen=True, slots=True, eq=False)
class ScaledRows:
    """Rows that are scaled when they are read.

    Attributes:
        features: Unscaled features, shape ``(n, n_features)``.
        scaling: The scaling.
    """

    features: Rows
    scaling: FeatureScaling

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape, ``(n, n_features)``."""
        return self.features.shape

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, photos: slice, /) -> Floats:
        """Read and scale consecutive rows."""
        return self.scaling.apply(self.features[photos])


def _mean(features: Rows) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the mean of each feature, summed in double precision; one pass."""
    total = np.zeros(features.shape[1])
    for block in blocks(features):
        total += features[block].sum(axis=0, dtype=np.float64)
    return total / len(features)


def _spread(
    features: Rows, mean: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the standard deviation of each feature; one pass."""
    centre = mean.astype(np.float32)
    squares = np.zeros(features.shape[1])
    for block in blocks(features):
        squares += np.square(features[block] - centre).sum(axis=0, dtype=np.float64)
    return np.sqrt(squares / len(features))


def _floored(
    spread: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Raise the small standard deviations of a group to the minimum."""
    varied = spread[spread > _CONSTANT]
    return np.maximum(spread, FLOOR * np.median(varied)) if len(varied) else spread


def _weights(groups: Sequence[FeatureGroup]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the square roots of the groups' total variances, whose squares have mean 1."""
    second_order = np.array([group.kind == "second-order" for group in groups])
    if not second_order.any():
        return np.ones(len(groups))
    widths = np.array([float(group.width) for group in groups])
    weights = np.where(second_order, SECOND_ORDER_WEIGHT, 1.0) * widths**WIDTH_EXPONENT
    # With mean 1, L2 strengths and learning rates mean the same as for averages only.
    return weights / np.sqrt(np.square(weights).mean())
