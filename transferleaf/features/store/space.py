"""A space: all stored rows of one kind."""

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

# Number of attempts if another process removes files between our steps.
_ATTEMPTS = 5


class FeatureSpace:
    """Rows of one kind, by key. Several processes can read and write it concurrently.

    A key has 32 bytes and identifies the photo, and the view if there are several.

    Attributes:
        folder: The folder of its files.
        kind: The kind of its rows.
        shape: Shape of one row.
        dtype: Name of their type.
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
        """Return the rows that must be computed.

        Returns:
            The indices of keys without a row, ascending. Of equal keys, only the first.
        """
        locations = self._index.locate(checked_keys(keys))
        # The existing rows will be read later, so they must not be evicted for the new ones.
        shards, _, _ = self._index.shards_and_rows(locations[locations != ABSENT])
        self._mark_used(shard.path for shard in shards)
        first: dict[bytes, int] = {}
        for position in np.flatnonzero(locations == ABSENT).tolist():
            first.setdefault(keys[position], position)
        return list(first.values())

    def writer(self) -> SpaceWriter:
        """Open the space for new rows: ``with space.writer() as writer``.

        Entering the block raises ``FeatureStoreError`` if the folder cannot be written.
        """
        return SpaceWriter(self.folder, self.kind, on_shard=self._on_use, on_close=self._on_close)

    def rows(self, keys: Sequence[bytes]) -> StoredRows:
        """Return the rows of keys, in order. The values stay on disk.

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
        """Size on disk, in bytes."""
        size = 0
        for name in shard_names(self.folder):
            with suppress(OSError):
                size += (self.folder / name).stat().st_size
        return size

    def _mark_used(self, files: Iterable[Path]) -> None:
        for file in files:
            self._on_use(file)
            # Access times are disabled on most machines, so the change time stores the last use.
            with suppress(OSError):
                os.utime(file)
