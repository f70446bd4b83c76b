"""Features that are read a block of photos at a time: an array, or rows on disk."""

from __future__ import annotations

from collections.abc import Iterator
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

    >>> import numpy as np
    >>> [(block.start, block.stop) for block in blocks(np.zeros((1500, 2), np.float32))]
    [(0, 1024), (1024, 1500)]
    """
    n = len(features)
    return (slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK))


def in_memory_copy(features: Rows) -> Floats:
    """Read all rows into a new array, a block at a time."""
    found = np.empty(features.shape, np.float32)
    for block in blocks(features):
        found[block] = features[block]
    return found
