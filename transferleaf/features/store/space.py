"""All stored rows of one kind."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from transferleaf.errors import MissingFeaturesError
from transferleaf.features.store.row_kind import RowKind
from transferleaf.features.store.shard_index import ABSENT, ShardIndex, shard_names
from transferleaf.features.store.stored_rows import StoredRows
from transferleaf.features.store.writer import SpaceWriter, checked_keys

# Each is spent on a file that another process removed between two of our steps.
_ATTEMPTS = 5


class FeatureSpace:
    """Rows of one kind, by key. Several processes may read and write it at a time.

    A key is 32 bytes that say all about a row that the space's identity leaves open: the photo,
    and the view of it where there are several.

    Attributes:
        folder: Where its files lie.
        kind: What its rows are.
        shape: Shape of one row.
        dtype: Name of their number type.
    """

    def __init__(
        self,
        folder: Path,
        kind: RowKind,
        *,
        on_use: Callable[[Path], None],
        on_close: Callable[[], object],
    ) -> None:
        self.folder = folder
        self.kind = kind
        self.shape = kind.shape
        self.dtype = kind.dtype
        self._on_use = on_use
        self._on_close = on_close
        self._index = ShardIndex(folder, kind)

    def missing(self, keys: Sequence[bytes]) -> list[int]:
        """Find what has to be computed.

        Returns:
            Positions of keys that have no row, ascending; of equal keys only the first.
        """
        locations = self._index.locate(checked_keys(keys))
        # Who asks will read the others later; until then they must not make room for new rows.
        shards, _, _ = self._index.shards_and_rows(locations[locations != ABSENT])
        self._mark_used(shard.path for shard in shards)
        first: dict[bytes, int] = {}
        for position in np.flatnonzero(locations == ABSENT).tolist():
            first.setdefault(keys[position], position)
        return list(first.values())

    def writer(self) -> SpaceWriter:
        """Open the space for new rows, as ``with space.writer() as writer``.

        Entering the block raises ``FeatureStoreError`` where the folder cannot be written.
        """
        return SpaceWriter(self.folder, self.kind, on_shard=self._on_use, on_close=self._on_close)

    def rows(self, keys: Sequence[bytes]) -> StoredRows:
        """Open the rows of keys, in their order; the values stay on the disk.

        Raises:
            MissingFeaturesError: Some keys have no row.
        """
        checked_keys(keys)
        missing = 0
        for _ in range(_ATTEMPTS):
            locations = self._index.locate(keys)
            missing = int((locations == ABSENT).sum())
            if missing:
                break
            with suppress(FileNotFoundError):
                rows = StoredRows(self.kind, *self._index.shards_and_rows(locations))
                self._mark_used(rows.files)
                return rows
        raise MissingFeaturesError(self.folder, missing=missing or len(keys), asked=len(keys))

    @property
    def nbytes(self) -> int:
        """Bytes on the disk."""
        size = 0
        for name in shard_names(self.folder):
            with suppress(OSError):
                size += (self.folder / name).stat().st_size
        return size

    def _mark_used(self, files: Iterable[Path]) -> None:
        for file in files:
            self._on_use(file)
            # Access times are switched off on most machines, so the change time tells the use.
            with suppress(OSError):
                os.utime(file)
