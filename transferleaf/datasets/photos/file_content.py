"""The bytes of a file: their digest, and what tells later that they are unchanged."""

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
# A file changed twice within one tick of its file system's clock looks unchanged after the second
# time (git calls this racy). FAT has the coarsest clock, 2 seconds.
_RACY_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is in a file.

    Attributes:
        sha256: 64 hexadecimal digits.
        nbytes: Size, in bytes.
        stamp: What ``stamp_of`` said when it was read.
        lasting: Whether a file with this stamp holds the same bytes later.
    """

    sha256: str
    nbytes: int
    stamp: str
    lasting: bool


def stamp_of(path: Path) -> str | None:
    """Say size, times and inode of a file; ``None`` where it cannot be asked, or is no file."""
    try:
        found = path.stat()
    except (OSError, ValueError):  # ValueError: the name has a zero byte
        return None
    return _stamp(found) if stat.S_ISREG(found.st_mode) else None


def read_content(path: Path) -> Content:
    """Digest a file in pieces, so that its size does not matter.

    Raises:
        PhotoError: It is missing, no file, or cannot be read.
    """
    if stamp_of(path) is None:
        raise _unreadable(path, "it is no file")  # a pipe would be waited for
    # SHA-256, as processors have instructions for it; BLAKE2 took twice the time.
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
    # The change time sees edits by programs that put the modification time back.
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


def _unreadable(path: Path, reason: str) -> PhotoError:
    """Let decoding say what is wrong with a file, in the words it has for that."""
    try:
        check_photo(path)
    except PhotoError as known:
        return known
    return PhotoError(path, f"reading it failed ({reason}).")
