"""Features that are read a block of photos at a time: an array, or rows on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from transferleaf.head.space import Floats

# Photos in a block, lest all features be held once more. It is part of the answer's last digits,
# so no budget changes it.
BLOCK = 1024


class Rows(Protocol):
    """Features of photos, shape ``(n, n_features)``, float32; an array is one."""

    @property
    def shape(self) -> tuple[int, ...]:
        """``(n, n_features)``."""

    def __len__(self) -> int:
        """Number of photos."""

    def __getitem__(self, photos: slice, /) -> Floats:
        """Read the features of some photos that follow each other."""


def blocks(features: Rows) -> Iterator[slice]:
    """Rows of ``features``, a block at a time.

    >>> [(block.start, block.stop) for block in blocks(np.zeros((1500, 2), np.float32))]
    [(0, 1024), (1024, 1500)]
    """
    n = len(features)
    return (slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK))


def feature_mean(features: Rows) -> Floats:
    """Mean of each feature, shape ``(n_features,)``, summed in double precision; one pass."""
    total = np.zeros(features.shape[1])
    for block in blocks(features):
        total += features[block].sum(axis=0, dtype=np.float64)
    return (total / len(features)).astype(np.float32)


def feature_scale(features: Rows, widths: Sequence[int], *, mean: Floats) -> Floats:
    """What features are divided by, so that stages of different width weigh alike; one pass.

    After division by its standard deviation every feature has the same variance, so a stage of 1280
    channels would have 80 times the say of one of 16 under a common L2 penalty. Dividing by the
    root of the stage's width as well gives each stage the same total variance.

    Args:
        features: Shape ``(n, n_features)``.
        widths: How many features come from each stage, in order; one stage where empty.
        mean: Mean of each feature, shape ``(n_features,)``.

    Returns:
        Shape ``(n_features,)``, each above 0; constant features count as of standard deviation 1.
    """
    squares = np.zeros(features.shape[1])
    for block in blocks(features):
        squares += np.square(features[block] - mean).sum(axis=0, dtype=np.float64)
    spread = np.sqrt(squares / len(features))
    scale = np.where(spread > 1e-6, spread, 1.0)
    stages = np.array(widths or [features.shape[1]])
    return np.asarray(scale * np.repeat(np.sqrt(stages / stages.mean()), stages), np.float32)


def standardised(features: Floats, mean: Floats, scale: Floats) -> Floats:
    """Subtract ``mean`` and divide by ``scale``, feature by feature, as a new array."""
    centred = np.subtract(features, mean, dtype=np.float32)
    centred /= scale
    return centred


def all_standardised(features: Rows, mean: Floats, scale: Floats) -> Floats:
    """Standardise all photos, with no more than a block of memory beside the result; one pass."""
    found = np.empty(features.shape, np.float32)
    for block in blocks(features):
        np.subtract(features[block], mean, out=found[block])
        found[block] /= scale
    return found
