"""Files that are complete or absent, whatever happens while they are written."""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from transferleaf.errors import DamagedCacheFileError

PART_SUFFIX = ".part"

# Whoever writes a file of the store is done within minutes.
_ABANDONED_SECONDS = 24 * 3600.0


# A warning, not a log entry: it is seen without setting anything up, and can be filtered.
class FeatureStoreWarning(UserWarning):
    """The feature store lost or keeps something that its user did not expect."""


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that appears as ``path`` at the end, complete and on the disk.

    Whatever interrupts the writing leaves ``path`` as it was.
    """
    part = path.parent / f"{os.getpid()}-{_host()}-{secrets.token_hex(8)}{PART_SUFFIX}"
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
    """Whether the process that was writing ``part`` is gone.

    That is known where it ran on this machine; elsewhere a day without progress has to tell.
    """
    pid, host = (*part.name.split("-"), "", "")[:2]
    if host == _host() and pid.isdecimal() and not _is_running(int(pid)):
        return True
    try:
        return time.time() - part.stat().st_mtime > _ABANDONED_SECONDS
    except OSError:
        return False


def remove(path: Path) -> bool:
    """Remove a file, and say whether it is gone now.

    Windows refuses while a process has it open; then a later trim gets another chance.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def discard_damaged(error: DamagedCacheFileError) -> None:
    """Remove a damaged file, and tell: what it held has to be computed again."""
    outcome = "it was removed" if remove(error.path) else "it is left out"
    warnings.warn(
        f"{error}; {outcome}, and what it held is computed again",
        FeatureStoreWarning,
        stacklevel=2,
    )


def _host() -> str:
    # Machines share a store over a network, and their process numbers mean nothing to each other.
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
