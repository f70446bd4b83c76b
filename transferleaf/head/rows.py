"""Reading of features block by block, from an array or from disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, eq=False)
class JoinedRows:
    """The rows of several sources, one after the other.

    Attributes:
        parts: The sources, each of shape ``(n, n_features)``.

    >>> import numpy as np
    >>> joined = JoinedRows((np.zeros((2, 1), np.float32), np.ones((2, 1), np.float32)))
    >>> joined.shape, joined[1:3].tolist()
    ((4, 1), [[0.0], [1.0]])
    """

    parts: tuple[Rows, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """``(n, n_features)``."""
        return len(self), self.parts[0].shape[1]

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __getitem__(self, photos: slice, /) -> Floats:
        """Return the features of consecutive photos."""
        start, stop, _ = photos.indices(len(self))
        found, before = [], 0
        for part in self.parts:
            rows = slice(max(start - before, 0), min(stop - before, len(part)))
            if rows.start < rows.stop:
                found.append(part[rows])
            before += len(part)
        return np.concatenate(found) if found else self.parts[0][:0]


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
