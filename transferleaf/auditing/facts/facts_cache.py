"""A cache of photo facts on disk, by file content."""

from __future__ import annotations

import os
import sqlite3
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import astuple, fields
from pathlib import Path
from typing import TypeVar

from transferleaf.auditing.facts.photo_facts import PhotoFacts
from transferleaf.datasets.photos.file_content import Content
from transferleaf.files.cache_folder import cache_folder

VERSION = 1
"""Increased whenever the measurement of a fact changes. Facts of other versions are not read."""

_MOST_ROWS = 400_000
"""Maximum number of photos, about 500 MB. The oldest are removed first."""

# Seconds to wait for a lock; after the first timeout, the cache is not used any more.
_WAIT_SECONDS = 5.0
_NAME = "photo-facts-{}.sqlite3"
_COLUMNS = tuple(field.name for field in fields(PhotoFacts))
_TABLES = (
    f"""
    CREATE TABLE IF NOT EXISTS facts (
        number INTEGER PRIMARY KEY, {", ".join(_COLUMNS)}, UNIQUE (sha256)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS files (
        number INTEGER PRIMARY KEY, path BLOB UNIQUE NOT NULL, stamp TEXT NOT NULL, sha256 TEXT
    )
    """,
)
_FACTS_OF_CONTENT = f"SELECT {', '.join(_COLUMNS)} FROM facts WHERE sha256 = ?"
_FACTS_OF_FILE = f"""
SELECT {", ".join(_COLUMNS)} FROM facts JOIN files USING (sha256) WHERE path = ? AND stamp = ?
"""
_Asked = TypeVar("_Asked")


class FactsCache:
    """A cache with two SQLite tables: facts by content, and the content hash of each file.

    It only saves time. If it is locked, read-only, full or damaged, it counts as empty and the
    photos are read again. A damaged cache is removed with a warning.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / _NAME.format(VERSION)
        self._readable = self._writable = True

    def recall_files(self, stamps: Mapping[Path, str]) -> dict[Path, PhotoFacts]:
        """Return the facts of files whose stamp has not changed.

        Args:
            stamps: The current stamp of each file; see ``stamp_of``.

        Returns:
            The facts of the files that are known and unchanged.
        """
        asked = {path: (_key(path), stamp) for path, stamp in stamps.items()}
        return self._recalled(_FACTS_OF_FILE, asked)

    def recall_contents(self, digests: Iterable[str]) -> dict[str, PhotoFacts]:
        """Return the known facts by the SHA-256 of the files."""
        return self._recalled(_FACTS_OF_CONTENT, {digest: (digest,) for digest in digests})

    def remember(self, facts: Iterable[PhotoFacts], contents: Mapping[Path, Content]) -> None:
        """Store facts, and the stamps of their files.

        Args:
            facts: Facts of readable photos.
            contents: Contents of files, with stamps that change with every later change of the
                file.
        """
        rows = [astuple(each) for each in facts]
        files = [(_key(path), each.stamp, each.sha256) for path, each in contents.items()]
        if not self._writable or not (rows or files):
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as tables, tables:
                for table in _TABLES:
                    tables.execute(table)
                _insert(tables, "facts", _COLUMNS, rows)
                _insert(tables, "files", ("path", "stamp", "sha256"), files)
        except (OSError, sqlite3.DatabaseError) as error:
            self._writable = self._mended(error)

    def _recalled(
        self, query: str, asked: Mapping[_Asked, tuple[object, ...]]
    ) -> dict[_Asked, PhotoFacts]:
        known: dict[_Asked, PhotoFacts] = {}
        if not self._readable or not self._file.exists():
            return known
        try:
            with closing(self._connect()) as tables:
                for each, values in asked.items():
                    if row := tables.execute(query, values).fetchone():
                        known[each] = _facts(row)
        except sqlite3.DatabaseError as error:
            self._readable = self._mended(error)
        return known

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=_WAIT_SECONDS)

    def _mended(self, error: OSError | sqlite3.DatabaseError) -> bool:
        """Remove a damaged cache. Return whether to retry."""
        if isinstance(error, (OSError, sqlite3.OperationalError)):
            return False  # locked, read-only, full, or not our database: leave it unchanged
        removed = _remove(self._file)
        outcome = "it was removed" if removed else "it is left out"
        warnings.warn(
            f"the cache file {str(self._file)!r} cannot be used: SQLite says {str(error)!r}; "
            f"{outcome}, and the photos are looked at again",
            stacklevel=2,
        )
        return removed


def facts_cache_size(cache: str | os.PathLike[str] | None = None) -> int:
    """Return the size of the cache in bytes, including facts of other library versions.

    Args:
        cache: Folder of the cache; ``None`` takes ``cache_folder()``.
    """
    return sum(_size(file) for file in _files(cache))


def clear_facts(cache: str | os.PathLike[str] | None = None) -> int:
    """Remove all facts.

    Args:
        cache: Folder of the cache; ``None`` takes ``cache_folder()``.

    Returns:
        Bytes freed.
    """
    before = facts_cache_size(cache)
    for file in _files(cache):
        _remove(file)
    return before - facts_cache_size(cache)


def _files(cache: str | os.PathLike[str] | None) -> list[Path]:
    return sorted(cache_folder(cache).glob(_NAME.format("*") + "*"))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # another process has just removed it
        return 0


def _insert(
    tables: sqlite3.Connection,
    table: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[object, ...]],
) -> None:
    placeholders = ", ".join("?" * len(columns))
    tables.executemany(
        f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({placeholders})", rows
    )
    newest = f"(SELECT max(number) FROM {table})"
    tables.execute(f"DELETE FROM {table} WHERE number <= {newest} - ?", (_MOST_ROWS,))


def _key(path: Path) -> bytes:
    # An absolute path, independent of the working directory. Links are not resolved: a link that
    # points to another file later has another stamp.
    return os.fsencode(path.absolute())


def _facts(row: tuple[object, ...]) -> PhotoFacts:
    values = dict(zip(_COLUMNS, row, strict=True))
    return PhotoFacts(**{**values, "turned": bool(values["turned"])})  # type: ignore[arg-type]


def _remove(file: Path) -> bool:
    """Remove a cache, and return whether it was removed."""
    # Remove the journal first. SQLite would apply a remaining journal to the next file of this
    # name.
    for path in (file.with_name(file.name + "-journal"), file):
        with suppress(OSError):  # Windows: another process has it open
            path.unlink()
    return not file.exists()
