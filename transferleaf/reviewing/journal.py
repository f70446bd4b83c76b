"""The journal of a review: an append-only file with one line per event.

A line is flushed to disk before the decision is confirmed. A killed process leaves at most an
incomplete, unconfirmed line, which the next process removes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, BinaryIO

from typing_extensions import Self

from transferleaf.errors import ReviewFolderError, ReviewWriteError
from transferleaf.files.whole_files import owner_is_gone, owner_mark, remove, written_whole

JOURNAL = "journal.jsonl"
_LOCK = "in-use"
_FORMAT = 1
_KIND = "transferleaf review"
_MOST_BYTES = 1 << 30
_HOUR = 3600.0


class Journal:
    """The journal of a review. Only one process can open it at a time.

    Args:
        folder: The folder of the review. It is created if it does not exist.
        subject: The subject of the journal, ``"data"`` or ``"new photos"``.

    Raises:
        ReviewFolderError: The folder contains other files or another review, another process uses
            it, or a line is damaged.
        OSError: The folder cannot be created or read.
    """

    def __init__(self, folder: Path, *, subject: str) -> None:
        self.folder = folder
        self.path = folder / JOURNAL
        folder.mkdir(parents=True, exist_ok=True)
        if not self.path.exists() and any(folder.iterdir()):
            expected = "name another folder with --output, or an empty one"
            raise ReviewFolderError(folder, "holds files and no review", expected)
        self._lock = _locked(folder)
        try:
            if not self.path.exists():
                _create(self.path, {"journal": _KIND, "format": _FORMAT, "subject": subject})
            self.records = _read(self.path, subject)
            self._file: BinaryIO | None = self.path.open("ab", buffering=0)
        except BaseException:
            remove(self._lock)
            raise
        self._closed = Event()
        Thread(target=self._keep_lock, daemon=True).start()

    def _keep_lock(self) -> None:
        """Show that the review is in use. A lock without changes for a day counts as abandoned."""
        while not self._closed.wait(_HOUR):
            with suppress(OSError):
                os.utime(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def append(self, record: Mapping[str, Any]) -> None:
        """Write a line to disk.

        Raises:
            ReviewWriteError: The line could not be written. The journal did not change.
        """
        # ASCII can represent file names that are not valid Unicode.
        line = f"{json.dumps(dict(record), separators=(',', ':'))}\n".encode("ascii")
        if self._file is None:
            raise ReviewWriteError(self.path, "the review is closed")
        size = os.fstat(self._file.fileno()).st_size
        try:
            written = self._file.write(line)
            if written != len(line):  # the disk is full
                raise OSError(28, os.strerror(28))
            os.fsync(self._file.fileno())
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(size)
            raise ReviewWriteError(self.path, error.strerror or str(error)) from None
        self.records.append(dict(record))

    def close(self) -> None:
        """Close the journal, so that other processes can open it."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._closed.set()
            remove(self._lock)


def has_review(folder: Path) -> bool:
    """Return whether a folder contains the journal of a review."""
    return (folder / JOURNAL).is_file()


def _locked(folder: Path) -> Path:
    """Create the lock file. The lock file of a process that has ended is removed."""
    lock = folder / _LOCK
    for _ in range(2):
        try:
            with lock.open("x", encoding="ascii") as file:
                file.write(owner_mark())
            return lock
        except FileExistsError:
            with suppress(OSError):
                if owner_is_gone(lock.read_text("ascii", errors="replace"), [lock]):
                    remove(lock)
    found = "is in use by another transferleaf review"
    expected = f"continue there, or stop it first; if none is running, remove {str(lock)!r}"
    raise ReviewFolderError(folder, found, expected)


def _create(path: Path, heading: Mapping[str, Any]) -> None:
    with written_whole(path) as file:
        file.write(f"{json.dumps(dict(heading))}\n".encode("ascii"))


def _read(path: Path, subject: str) -> list[dict[str, Any]]:
    """Read all lines after the heading, and remove an incomplete last line."""
    if path.stat().st_size > _MOST_BYTES:
        raise ReviewFolderError(path, "has more than 1 GB", "name another folder with --output")
    content = path.read_bytes()
    whole, _, torn = content.rpartition(b"\n")
    if torn:
        with path.open("r+b") as file:
            file.truncate(len(content) - len(torn))
            os.fsync(file.fileno())
    lines = whole.split(b"\n")
    heading, *records = [_parsed(path, number, line) for number, line in enumerate(lines, start=1)]
    if heading.get("journal") != _KIND or heading.get("format") != _FORMAT:
        expected = "name another folder with --output, or use the version that wrote it"
        raise ReviewFolderError(path, "is not a journal of this version", expected)
    if heading.get("subject") != subject:
        found = f"is the journal of a review of {heading.get('subject')}, not of {subject}"
        raise ReviewFolderError(path, found, "name another folder with --output")
    return records


def _parsed(path: Path, number: int, line: bytes) -> dict[str, Any]:
    with suppress(ValueError):  # invalid JSON or encoding
        values = json.loads(line.decode("ascii"))
        if isinstance(values, dict):
            return values
    expected = "restore that line, or remove it if you can do without its decision"
    raise ReviewFolderError(path, f"is damaged in line {number}", expected)
