"""The feature store: its spaces, its size, and its limit."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from transferleaf.features.store.damage import FeatureStoreWarning
from transferleaf.features.store.eviction import (
    StoredFile,
    evict,
    remove_everything,
    remove_leftovers,
    stored_files,
)
from transferleaf.features.store.file_digests import FileDigests
from transferleaf.features.store.row_kind import Json, RowKind, saved_kind
from transferleaf.features.store.settings import LIMIT_VARIABLE, cache_limit, size_text
from transferleaf.features.store.shard import count_rows
from transferleaf.features.store.space import FeatureSpace
from transferleaf.files.cache_folder import cache_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceUsage:
    """The size of one space.

    Attributes:
        kind: The kind of its rows; ``None`` if its description is missing.
        rows: Number of rows.
        nbytes: Size on disk, in bytes.
        last_used: Time of the last access to a row, in local time.
    """

    kind: RowKind | None
    rows: int
    nbytes: int
    last_used: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreUsage:
    """The size of the store.

    Attributes:
        spaces: Its spaces, the most recently used first.
        digest_bytes: Size of the remembered file digests, in bytes.
    """

    spaces: tuple[SpaceUsage, ...]
    digest_bytes: int

    @property
    def nbytes(self) -> int:
        """Size on disk, in bytes."""
        return self.digest_bytes + sum(space.nbytes for space in self.spaces)


class FeatureStore:
    """The feature store for one run. What the run reads and writes is not evicted.

    Creating an instance does not access the disk.

    Args:
        folder: The folder. Default: the value of ``TRANSFERLEAF_CACHE``, or the user's cache
            folder.
        limit: Maximum size in bytes. Default: the value of ``TRANSFERLEAF_CACHE_LIMIT``, such as
            ``20GB``, or 20 GB.

    Attributes:
        folder: The folder.
        limit: Maximum size, in bytes.
        file_digests: The remembered digests of photo files, for ``file_keys``.

    Raises:
        ConfigError: The limit is not a size above 0.
    """

    def __init__(
        self, folder: str | os.PathLike[str] | None = None, *, limit: int | None = None
    ) -> None:
        self.folder = cache_folder(folder)
        self.limit = cache_limit(limit)
        self.file_digests = FileDigests(self.folder / "file-digests.sqlite3")
        self._spaces = self.folder / "features"
        self._in_use: set[Path] = set()
        self._told_of_limit = False

    def space(
        self, identity: Mapping[str, Json], *, shape: tuple[int, ...], dtype: str
    ) -> FeatureSpace:
        """Open the space for one kind of rows. Nothing is created.

        Args:
            identity: Everything that determines the values of the rows, as values for JSON.
            shape: Shape of one row.
            dtype: Name of a NumPy type, such as ``"float16"``.

        Raises:
            ConfigError: An argument is invalid.
        """
        kind = RowKind(identity=identity, shape=shape, dtype=dtype)
        folder = self._spaces / kind.digest()
        return FeatureSpace(folder, kind, on_use=self._in_use.add, on_close=self.trim)

    def room(self, share: float) -> int:
        """Return the bytes for new rows: within the limit and ``share`` of the free disk space."""
        existing = next(path for path in (self.folder, *self.folder.parents) if path.exists())
        return min(self.limit, int(shutil.disk_usage(existing).free * share))

    def usage(self) -> StoreUsage:
        """Measure the size of the store."""
        files = sorted(stored_files(self._spaces), key=lambda file: file.path.parent)
        spaces = [
            _space_usage(folder, list(members))
            for folder, members in groupby(files, key=lambda file: file.path.parent)
        ]
        spaces.sort(key=lambda space: space.last_used, reverse=True)
        return StoreUsage(spaces=tuple(spaces), digest_bytes=self.file_digests.nbytes)

    def trim(self) -> int:
        """Remove leftovers of killed processes, and the oldest files beyond the limit.

        Files that were used through this object stay.

        Returns:
            Number of freed bytes.
        """
        remove_leftovers(self._spaces)
        freed = evict(self._spaces, limit=self.limit, keep=self._in_use)
        self._warn_if_beyond_the_limit()
        return freed

    def clear(self) -> int:
        """Remove all features and digests. They can be computed again.

        Returns:
            Number of freed bytes.
        """
        return remove_everything(self._spaces) + self.file_digests.clear()

    def _warn_if_beyond_the_limit(self) -> None:
        kept = sum(file.size for file in stored_files(self._spaces) if file.path in self._in_use)
        if kept <= self.limit or self._told_of_limit:
            return
        self._told_of_limit = True
        warnings.warn(
            f"the features of this run take {size_text(kept)}, more than the limit of "
            f"{size_text(self.limit)}; they stay until another run needs the room. "
            f"{LIMIT_VARIABLE} sets the limit",
            FeatureStoreWarning,
            stacklevel=2,
        )


def _space_usage(folder: Path, files: list[StoredFile]) -> SpaceUsage:
    return SpaceUsage(
        kind=saved_kind(folder),
        rows=sum(count_rows(file.path) for file in files),
        nbytes=sum(file.size for file in files),
        last_used=datetime.fromtimestamp(max(file.used for file in files)),
    )
