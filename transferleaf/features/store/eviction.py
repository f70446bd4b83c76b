"""Removal of files when the store exceeds its limit.

Files are removed separately, not by space. So the photos of an unused data set are removed first
even if their network is in use, and no more than necessary. The change time of a file is its last
use, because files are never rewritten and reading updates the time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from transferleaf.features.store.row_kind import KIND_FILE
from transferleaf.features.store.shard import SHARD_SUFFIX
from transferleaf.files.whole_files import PART_SUFFIX, is_abandoned, remove

# A writer creates its folder long before its first file is full.
_EMPTY_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class StoredFile:
    """A file of rows. Sorts by last use.

    Attributes:
        used: Last use, in seconds since 1970.
        path: The file.
        size: Size, in bytes.
    """

    used: float
    path: Path
    size: int


def stored_files(root: Path) -> list[StoredFile]:
    """Return the files of all spaces, those with the oldest use first."""
    found = []
    for path in _files(root, SHARD_SUFFIX):
        with suppress(OSError):  # removed since the folder was listed
            facts = path.stat()
            found.append(StoredFile(used=facts.st_mtime, path=path, size=facts.st_size))
    return sorted(found)


def evict(root: Path, *, limit: int, keep: Set[Path]) -> int:
    """Remove the files with the oldest use until the rest fits.

    Args:
        root: The folder of the spaces.
        limit: Maximum number of bytes that stay.
        keep: Files that always stay.

    Returns:
        Number of freed bytes.
    """
    files = stored_files(root)
    excess = sum(file.size for file in files) - limit
    freed = 0
    for file in files:
        if freed >= excess:
            break
        if file.path not in keep and remove(file.path):
            freed += file.size
    return freed


def remove_leftovers(root: Path) -> None:
    """Remove unfinished files of killed writers, and spaces that are empty for a day."""
    for part in _files(root, PART_SUFFIX):
        if is_abandoned(part):
            remove(part)
    for folder in _folders(root):
        if not any(_files_in(folder, SHARD_SUFFIX)) and _is_old(folder / KIND_FILE):
            remove_space(folder)


def remove_everything(root: Path) -> int:
    """Remove all spaces, but no files that do not belong to the store.

    Returns:
        Number of freed bytes.
    """
    freed = 0
    for folder in _folders(root):
        for path in [*_files_in(folder, SHARD_SUFFIX), *_files_in(folder, PART_SUFFIX)]:
            with suppress(OSError):
                size = path.stat().st_size
                freed += size if remove(path) else 0
        remove_space(folder)
    return freed


def remove_space(folder: Path) -> None:
    """Remove an empty space."""
    remove(folder / KIND_FILE)
    with suppress(OSError):  # another process has started to write there
        folder.rmdir()


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > _EMPTY_SECONDS
    except OSError:
        return False


def _files(root: Path, suffix: str) -> Iterator[Path]:
    for folder in _folders(root):
        yield from _files_in(folder, suffix)


def _folders(root: Path) -> list[Path]:
    return [path for path in _listed(root) if path.is_dir()]


def _files_in(folder: Path, suffix: str) -> list[Path]:
    return [path for path in _listed(folder) if path.suffix == suffix]


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
