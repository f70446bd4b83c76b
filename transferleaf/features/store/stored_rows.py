"""Rows on disk that are used like an array: gathered when asked for, in any order."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from transferleaf.errors import MissingFeaturesError
from transferleaf.features.store.row_kind import RowKind
from transferleaf.features.store.shard import Shard, map_shard, mapped_rows

# Each map holds a file open; macOS gives a process 256 of those, and rows of several data sets
# are open at a time.
_MAX_OPEN = 64
# Each is spent on files that another process removed while they were read.
_ATTEMPTS = 3
_BLOCK_BYTES = 16_000_000
# Mapped pages that were read count as this process's memory until they are let go.
_MAX_RESIDENT_BYTES = 128_000_000
# What Linux maps around a page that is read, whether it is used or not: a huge page at most.
_READ_AROUND = 2 << 20


class StoredRows:
    """The rows of some keys, in the order of the keys; several threads may read them.

    Their number is ``len(rows)``.

    Attributes:
        again: Returns the same rows from other files, where another process has removed one of
            these; ``None`` where nobody can.
    """

    def __init__(
        self,
        kind: RowKind,
        shards: Sequence[Shard],
        shard: NDArray[np.int64],
        row: NDArray[np.int64],
    ) -> None:
        self._kind = kind
        self._maps = _OpenMaps(shards, shard, row)
        self._replacing = Lock()
        self.again: Callable[[], StoredRows] | None = None

    def __len__(self) -> int:
        return len(self._maps.row)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of all rows together, ``(n, *shape of a row)``."""
        return (len(self), *self._kind.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the rows."""
        return np.dtype(self._kind.dtype)

    @property
    def files(self) -> list[Path]:
        """The files that hold the rows."""
        return [shard.path for shard in self._maps.shards]

    def take(self, positions: NDArray[np.integer[Any]]) -> NDArray[Any]:
        """Gather rows.

        Args:
            positions: Which, in any order, shape ``(m,)``, each in ``[0, n)``.

        Returns:
            A new array, shape ``(m, *shape of a row)``.
        """
        rows = np.empty((len(positions), *self._kind.shape), self.dtype)
        self._gather_whole(rows, np.asarray(positions, np.intp))
        return rows

    def read(self, dtype: DTypeLike | None = None) -> NDArray[Any]:
        """Read all rows, as ``dtype`` where given; little memory beside the result is used.

        Raises:
            MissingFeaturesError: A file is gone, here and in ``take``, and there is no ``again``.
        """
        rows = np.empty(self.shape, self.dtype if dtype is None else dtype)
        self._gather_whole(rows, np.arange(len(self)))
        return rows

    def _gather_whole(self, out: NDArray[Any], positions: NDArray[np.intp]) -> None:
        """Gather rows, from other files where these are gone: only so many can be held open."""
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

    def _replace(self, gone: _OpenMaps, again: Callable[[], StoredRows]) -> None:
        with self._replacing:
            if self._maps is gone:  # no other thread was faster
                self._maps = again()._maps

    def _gather(self, out: NDArray[Any], positions: NDArray[np.intp], maps: _OpenMaps) -> None:
        shard = maps.shard[positions]
        # File by file, and within a block of memory, however the rows are scattered.
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


class _OpenMaps:
    """Maps of files, as many as may be open at a time; the longest unused one is closed.

    Attributes:
        shards: The files.
        shard: Which of them holds each row.
        row: Where it lies in there.
    """

    def __init__(
        self, shards: Sequence[Shard], shard: NDArray[np.int64], row: NDArray[np.int64]
    ) -> None:
        self.shards = list(shards)
        self.shard, self.row = shard, row
        self._lock = Lock()
        self._resident = 0
        # From the start, as an open map outlives the removal of its file by another process.
        self._open = {
            number: map_shard(shard) for number, shard in enumerate(self.shards[:_MAX_OPEN])
        }

    def open(self, number: int) -> NDArray[Any]:
        shard = self.shards[number]
        with self._lock:
            mapped = self._open.pop(number, None) or map_shard(shard)
            self._open[number] = mapped  # last in the dict: latest used
            if len(self._open) > _MAX_OPEN:
                # Closed when the last array that looks into it is gone, in another thread too.
                del self._open[next(iter(self._open))]
        return mapped_rows(shard, mapped)

    def count_resident(self, size: int) -> None:
        with self._lock:
            self._resident += size
            if self._resident < _MAX_RESIDENT_BYTES:
                return
            self._resident = 0
            if hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
                for mapped in self._open.values():
                    mapped.madvise(mmap.MADV_DONTNEED)
