"""Atomic writes: files and folders that are either complete or absent."""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PART_SUFFIX = ".part"
"""Suffix of an unfinished file."""

# A running process that writes a file or fills a folder makes progress within minutes.
_ABANDONED_SECONDS = 24 * 3600.0


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing. It appears as ``path`` only when it is complete and on the disk.

    If the writing fails or is interrupted, ``path`` does not change.
    """
    # Hidden, so that it is not taken for a photo or a class.
    part = path.parent / f".{owner_mark()}{PART_SUFFIX}"
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        remove(part)
        raise
    _sync_folder(path.parent)


def is_abandoned(part: Path) -> bool:
    """Return whether the process that was writing ``part`` has ended; see ``owner_is_gone``."""
    return owner_is_gone(part.name.removeprefix("."), [part])


def remove_abandoned(folder: Path) -> None:
    """Remove the unfinished files in ``folder`` whose processes have ended.

    Raises:
        OSError: The folder cannot be listed.
    """
    for path in folder.iterdir():
        if path.name.endswith(PART_SUFFIX) and is_abandoned(path):
            remove(path)


def owner_mark() -> str:
    """Return a unique mark of this process, for names of unfinished files and folders."""
    return f"{os.getpid()}-{_host()}-{secrets.token_hex(8)}"


def owner_is_gone(mark: str, written: list[Path]) -> bool:
    """Return whether the process of an ``owner_mark`` has ended.

    For another machine, this is unknown, so the process counts as ended after a day without
    progress.

    Args:
        mark: Text that starts with an ``owner_mark``.
        written: The files or folders that the process writes to.
    """
    pid, host = (*mark.split("-"), "", "")[:2]
    if host == _host() and pid.isdecimal() and not _is_running(int(pid)):
        return True
    try:
        last = max(path.stat().st_mtime for path in written)
    except OSError:  # it was finished or removed in the meantime
        return False
    return time.time() - last > _ABANDONED_SECONDS


def remove(path: Path) -> bool:
    """Remove a file, and return whether it is gone.

    Windows refuses while a process has the file open. A later call can try again.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _host() -> str:
    # Machines share network folders, and process numbers are valid only on one machine.
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _is_running(pid: int) -> bool:
    if os.name == "nt":
        return True  # os.kill(pid, 0) would send Ctrl-C on Windows; the age of the files decides
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # it belongs to another user
    return True


def _sync_folder(folder: Path) -> None:
    """Sync a folder, so that a rename survives a power cut, if the system supports it."""
    with suppress(OSError):  # Windows and some network drives cannot sync a folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
