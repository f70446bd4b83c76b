"""The store as a whole: its spaces, what they take, and how it is kept within its limit."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from transferleaf.cache_folder import cache_folder
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceUsage:
    """What one space takes.

    Attributes:
        kind: What its rows are; ``None`` where the note that says so is lost.
        rows: Number of rows.
        nbytes: Bytes on the disk.
        last_used: When a row of it was last read or written, in local time.
    """

    kind: RowKind | None
    rows: int
    nbytes: int
    last_used: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreUsage:
    """What the store takes.

    Attributes:
        spaces: Its spaces, the latest used first.
        digest_bytes: Bytes of the remembered contents of photo files.
    """

    spaces: tuple[SpaceUsage, ...]
    digest_bytes: int

    @property
    def nbytes(self) -> int:
        """Bytes on the disk."""
        return self.digest_bytes + sum(space.nbytes for space in self.spaces)


class FeatureStore:
    """Features on disk, for one run: what it reads and writes is kept until it is done.

    Creating one touches no disk.

    Args:
        folder: Where it lies; ``None`` takes ``TRANSFERLEAF_CACHE`` from the environment, or else
            the user's cache folder.
        limit: Bytes it may take; ``None`` takes ``TRANSFERLEAF_CACHE_LIMIT`` (such as ``20GB``)
            from the environment, or else 20 GB.

    Attributes:
        folder: Where it lies.
        limit: Bytes it may take.
        file_digests: Contents of photo files, remembered for ``file_keys``.

    Raises:
        ConfigError: The limit is no size above 0.
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
        """Open the space of one kind of rows; nothing is created.

        Args:
            identity: All that decides the values of the rows, as JSON values.
            shape: Shape of one row.
            dtype: Name of a NumPy number type, such as ``"float16"``.

        Raises:
            ConfigError: One of these cannot be used.
        """
        kind = RowKind(identity=identity, shape=shape, dtype=dtype)
        folder = self._spaces / kind.digest()
        return FeatureSpace(folder, kind, on_use=self._in_use.add, on_close=self.trim)

    def room(self, share: float) -> int:
        """Bytes that new rows may take: within the limit, and ``share`` of the disk's free room."""
        existing = next(path for path in (self.folder, *self.folder.parents) if path.exists())
        return min(self.limit, int(shutil.disk_usage(existing).free * share))

    def usage(self) -> StoreUsage:
        """Measure what the store takes; nothing is changed."""
        files = sorted(stored_files(self._spaces), key=lambda file: file.path.parent)
        spaces = [
            _space_usage(folder, list(members))
            for folder, members in groupby(files, key=lambda file: file.path.parent)
        ]
        spaces.sort(key=lambda space: space.last_used, reverse=True)
        return StoreUsage(spaces=tuple(spaces), digest_bytes=self.file_digests.nbytes)

    def trim(self) -> int:
        """Clean up after killed processes, and drop what was unused for longest beyond the limit.

        What was read or written through this object is kept.

        Returns:
            Bytes freed.
        """
        remove_leftovers(self._spaces)
        freed = evict(self._spaces, limit=self.limit, keep=self._in_use)
        self._warn_if_beyond_the_limit()
        return freed

    def clear(self) -> int:
        """Remove all features and remembered contents; everything can be computed again.

        Returns:
            Bytes freed.
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
