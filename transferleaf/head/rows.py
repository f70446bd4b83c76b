"""Reading of features block by block, from an array or from disk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from transferleaf.head.space import Floats

# Photos per block, to limit memory. The number affects the last digits of the result, so it does
# not depend on the memory limit.
BLOCK = 1024


class Rows(Protocol):
    """Features of photos, shape ``(n, n_features)``, float32, such as an array."""

    @property
    def shape(self) -> tuple[int, ...]:
        """``(n, n_features)``."""

    def __len__(self) -> int:
        """Number of photos."""

    def __getitem__(self, photos: slice, /) -> Floats:
        """Return the features of consecutive photos."""


def blocks(features: Rows) -> Iterator[slice]:
    """Yield the rows of ``features``, block by block.

    >>> import numpy as np
    >>> [(block.start, block.stop) for block in blocks(np.zeros((1500, 2), np.float32))]
    [(0, 1024), (1024, 1500)]
    """
    n = len(features)
    return (slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK))


def in_memory_copy(features: Rows) -> Floats:
    """Return all rows as a new array, read block by block."""
    found = np.empty(features.shape, np.float32)
    for block in blocks(features):
        found[block] = features[block]
    return found
