"""The digests of photo files, remembered so that unchanged files are not read again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from transferleaf.errors import DamagedCacheFileError
from transferleaf.features.store.damage import discard_damaged
from transferleaf.files.whole_files import remove

# SQLite supports concurrent writers and atomic writes, and its file format is stable.
_TABLE = """
CREATE TABLE IF NOT EXISTS files (
    number INTEGER PRIMARY KEY, path BLOB UNIQUE NOT NULL, stamp TEXT NOT NULL, digest BLOB NOT NULL
)
"""
# About 100 MB. The oldest entries are removed first. Their files are read again if needed.
_MAX_FILES = 500_000
_WAIT_SECONDS = 10.0


class FileDigests:
    """A table on disk with path, stamp (which shows whether a file has changed) and digest.

    It only saves time. If it cannot be read or written (locked, read-only, disk full), it is
    treated as empty.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def nbytes(self) -> int:
        """Size on disk, in bytes."""
        try:
            return self._file.stat().st_size
        except OSError:
            return 0

    def recall(self, stamps: Mapping[bytes, str]) -> dict[bytes, bytes]:
        """Return digests by path and stamp.

        Returns:
            The digests of known, unchanged files, by path.
        """
        known: dict[bytes, bytes] = {}
        if not self._file.exists():
            return known
        with self._damage_discarded(), closing(self._connect()) as table:
            for path, stamp in stamps.items():
                query = "SELECT digest FROM files WHERE path = ? AND stamp = ?"
                row = table.execute(query, (path, stamp)).fetchone()
                if row is not None:
                    known[path] = row[0]
        return known

    def remember(self, files: Iterable[tuple[bytes, str, bytes]]) -> None:
        """Store the ``(path, stamp, digest)`` of files."""
        rows = list(files)
        if not rows:
            return
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._damage_discarded(), closing(self._connect()) as table, table:
            table.execute(_TABLE)
            table.executemany(
                "INSERT OR REPLACE INTO files (path, stamp, digest) VALUES (?, ?, ?)", rows
            )
            newest = "(SELECT max(number) FROM files)"
            table.execute(f"DELETE FROM files WHERE number <= {newest} - ?", (_MAX_FILES,))

    def clear(self) -> int:
        """Remove all digests, and return the number of freed bytes."""
        size = self.nbytes
        return size if remove(self._journal) and remove(self._file) else 0

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=_WAIT_SECONDS)

    @contextmanager
    def _damage_discarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError:
            pass  # locked, read-only, full, or without our table: the files are read once more
        except sqlite3.DatabaseError as error:
            remove(self._journal)  # first, because it would be applied to a new table
            discard_damaged(DamagedCacheFileError(self._file, f"SQLite says {str(error)!r}"))

    @property
    def _journal(self) -> Path:
        return self._file.with_name(self._file.name + "-journal")
