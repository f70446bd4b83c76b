"""The content of photo files, remembered so that an unchanged file need not be read again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from transferleaf.errors import DamagedCacheFileError
from transferleaf.features.store.damage import discard_damaged
from transferleaf.whole_files import remove

# SQLite, as it gives what an own format would have to earn: two writers at a time, a write that is
# whole or absent, and thirty years of files that can still be read.
_TABLE = """
CREATE TABLE IF NOT EXISTS files (
    number INTEGER PRIMARY KEY, path BLOB UNIQUE NOT NULL, stamp TEXT NOT NULL, digest BLOB NOT NULL
)
"""
# About 100 MB. The oldest go first; a file that is still in use is read once more then.
_MAX_FILES = 500_000
_WAIT_SECONDS = 10.0


class FileDigests:
    """A table on disk: path, stamp (what tells that a file is unchanged), digest of its content.

    It only saves time, so where it cannot be read or written (locked, read-only, full disk) it
    counts as empty.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def nbytes(self) -> int:
        """Bytes on the disk."""
        try:
            return self._file.stat().st_size
        except OSError:
            return 0

    def recall(self, stamps: Mapping[bytes, str]) -> dict[bytes, bytes]:
        """Look up files by path and stamp.

        Returns:
            The digests of those that are known and unchanged, by path.
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
        """Keep the ``(path, stamp, digest)`` of files."""
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
        """Forget all, and say how many bytes that freed."""
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
            remove(self._journal)  # first: one that is left would be applied to the next table
            discard_damaged(DamagedCacheFileError(self._file, f"SQLite says {str(error)!r}"))

    @property
    def _journal(self) -> Path:
        return self._file.with_name(self._file.name + "-journal")
