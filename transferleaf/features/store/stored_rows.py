"""Rows on disk with the interface of an array. They are read when needed, in any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from transferleaf.errors import MissingFeaturesError
from transferleaf.features.store.open_maps import OpenMaps
from transferleaf.features.store.row_kind import RowKind
from transferleaf.features.store.shard import Shard

# Number of attempts if another process removes files while they are read.
_ATTEMPTS = 3
_BLOCK_BYTES = 16_000_000
# Linux maps more around each page that is read, at most a huge page.
_READ_AROUND = 2 << 20


class StoredRows:
    """The rows of some keys, in the order of the keys. Several threads can read them.

    ``len(rows)`` is their number.

    Attributes:
        again: Returns the same rows from other files, if another process has removed some of these.
            ``None`` if that is not possible.
    """

    def __init__(
        self,
        kind: RowKind,
        shards: Sequence[Shard],
        shard: NDArray[np.int64],
        row: NDArray[np.int64],
    ) -> None:
        self._kind = kind
        self._maps = OpenMaps(shards, shard, row)
        self._replacing = Lock()
        self.again: Callable[[], StoredRows] | None = None

    def __len__(self) -> int:
        return len(self._maps.row)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of all rows, ``(n, *shape of a row)``."""
        return (len(self), *self._kind.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the rows."""
        return np.dtype(self._kind.dtype)

    @property
    def files(self) -> list[Path]:
        """The files that contain the rows."""
        return [shard.path for shard in self._maps.shards]

    def take(self, positions: NDArray[np.integer[Any]]) -> NDArray[Any]:
        """Return some rows.

        Args:
            positions: Indices in any order, shape ``(m,)``, each in ``[0, n)``.

        Returns:
            A new array, shape ``(m, *shape of a row)``.
        """
        rows = np.empty((len(positions), *self._kind.shape), self.dtype)
        self._gather_whole(rows, np.asarray(positions, np.intp))
        return rows

    def read(self, dtype: DTypeLike | None = None) -> NDArray[Any]:
        """Return all rows, with the type ``dtype`` if given. It needs little additional memory.

        Raises:
            MissingFeaturesError: A file was removed, and there is no ``again``. Also raised by
                ``take``.
        """
        rows = np.empty(self.shape, self.dtype if dtype is None else dtype)
        self._gather_whole(rows, np.arange(len(self)))
        return rows

    def _gather_whole(self, out: NDArray[Any], positions: NDArray[np.intp]) -> None:
        """Read rows, and look in other files if some were removed. Few files can be kept open."""
        for _ in range(_ATTEMPTS):
            maps = self._maps
            try:
                self._gather(out, positions, maps)
            except FileNotFoundError as gone:
                if self.again is None:
                    folder = Path(gone.filename).parent
                    raise MissingFeaturesError(folder, missing=len(self), asked=len(self)) from None
                self._replace(maps, self.again)
            else:
                return
        raise MissingFeaturesError(self.files[0].parent, missing=len(self), asked=len(self))

    def _replace(self, gone: OpenMaps, again: Callable[[], StoredRows]) -> None:
        with self._replacing:
            if self._maps is gone:  # not yet done by another thread
                self._maps = again()._maps

    def _gather(self, out: NDArray[Any], positions: NDArray[np.intp], maps: OpenMaps) -> None:
        shard = maps.shard[positions]
        # File by file, and within a memory limit, for any order of the rows.
        order = np.argsort(shard, kind="stable")
        borders = np.flatnonzero(np.diff(shard[order])) + 1
        step = max(1, _BLOCK_BYTES // self._kind.row_bytes)
        for rows in np.split(order, borders):
            for start in range(0, len(rows), step):
                block = rows[start : start + step]
                source = maps.open(int(shard[block[0]]))
                out[block] = source[maps.row[positions[block]]]
                touched = len(block) * (self._kind.row_bytes + _READ_AROUND)
                maps.count_resident(min(touched, source.nbytes))
