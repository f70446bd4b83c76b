"""Files and folders that are complete or absent, whatever happens while they are written."""

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
"""Ending of a file that is being written."""

# Whoever writes a file, or fills a folder, makes progress within minutes.
_ABANDONED_SECONDS = 24 * 3600.0


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that appears as ``path`` at the end, complete and on the disk.

    Whatever interrupts the writing leaves ``path`` as it was.
    """
    # Hidden, so that nobody takes it for a photo or a class.
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
    """Whether the process that was writing ``part`` is gone; see ``owner_is_gone``."""
    return owner_is_gone(part.name.removeprefix("."), [part])


def remove_abandoned(folder: Path) -> None:
    """Remove the unfinished files in ``folder`` whose processes are gone.

    Raises:
        OSError: The folder cannot be listed.
    """
    for path in folder.iterdir():
        if path.name.endswith(PART_SUFFIX) and is_abandoned(path):
            remove(path)


def owner_mark() -> str:
    """Say which process writes something, for its name; no two are the same."""
    return f"{os.getpid()}-{_host()}-{secrets.token_hex(8)}"


def owner_is_gone(mark: str, written: list[Path]) -> bool:
    """Whether the process behind an ``owner_mark`` has ended.

    That is known where it ran on this machine; elsewhere a day without progress has to tell.

    Args:
        mark: What begins with an ``owner_mark``.
        written: What the process would be writing to.
    """
    pid, host = (*mark.split("-"), "", "")[:2]
    if host == _host() and pid.isdecimal() and not _is_running(int(pid)):
        return True
    try:
        last = max(path.stat().st_mtime for path in written)
    except OSError:  # it has just been finished or removed
        return False
    return time.time() - last > _ABANDONED_SECONDS


def remove(path: Path) -> bool:
    """Remove a file, and say whether it is gone now.

    Windows refuses while a process has it open; then a later call gets another chance.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _host() -> str:
    # Machines share folders over a network, and their process numbers mean nothing to each other.
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _is_running(pid: int) -> bool:
    if os.name == "nt":
        return True  # os.kill(pid, 0) would send Ctrl-C there; the day decides
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # another user's
    return True


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system can."""
    with suppress(OSError):  # Windows opens no folders, and some network drives sync none
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
