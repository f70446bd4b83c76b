"""The digest of a file, and a stamp that shows later whether it has changed."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from transferleaf.datasets.photos.decoding import check_photo
from transferleaf.errors import PhotoError

_PIECE_BYTES = 1 << 20
# A file that changes twice within one tick of the clock of the file system looks unchanged after
# the second time (git calls this racy). FAT has the coarsest clock, with 2 seconds.
_RACY_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The content of a file.

    Attributes:
        sha256: SHA-256, 64 hexadecimal digits.
        nbytes: Size, in bytes.
        stamp: The result of ``stamp_of`` when the file was read.
        lasting: Whether a file with this stamp is certain to have the same content later.
    """

    sha256: str
    nbytes: int
    stamp: str
    lasting: bool


def stamp_of(path: Path) -> str | None:
    """Return size, times and inode of a file, or ``None`` if it is not a readable file."""
    try:
        found = path.stat()
    except (OSError, ValueError):  # ValueError: the name has a zero byte
        return None
    return _stamp(found) if stat.S_ISREG(found.st_mode) else None


def read_content(path: Path) -> Content:
    """Compute the digest of a file in pieces, so that large files need little memory.

    Raises:
        PhotoError: The file is missing, not a regular file, or cannot be read.
    """
    if stamp_of(path) is None:
        raise _unreadable(path, "it is not a file")  # a pipe would block
    # SHA-256 has processor instructions; BLAKE2 took twice the time.
    digest, nbytes = hashlib.sha256(), 0
    try:
        with path.open("rb", buffering=0) as file:
            before = _stamp(os.fstat(file.fileno()))
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
                nbytes += len(piece)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise _unreadable(path, str(error)) from error
    stamp = _stamp(after)
    lasting = stamp == before and time.time() - after.st_mtime > _RACY_SECONDS
    return Content(sha256=digest.hexdigest(), nbytes=nbytes, stamp=stamp, lasting=lasting)


def _stamp(found: os.stat_result) -> str:
    # The change time also detects edits by programs that restore the modification time.
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


def _unreadable(path: Path, reason: str) -> PhotoError:
    """Return the error that decoding the file raises, which describes the reason."""
    try:
        check_photo(path)
    except PhotoError as known:
        return known
    return PhotoError(path, f"reading it failed ({reason}).")
