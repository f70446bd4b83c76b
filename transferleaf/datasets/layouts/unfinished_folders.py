"""Folders that are being filled beside the place they are for, and what killed processes left."""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
import shutil
import time
from pathlib import Path

_MARK = ".partial-"

# Whoever fills a folder writes to the files at its top all the time.
_ABANDONED_SECONDS = 24 * 3600.0


def unfinished_folder(target: Path) -> Path:
    """Name a folder beside ``target`` that says which process fills it; nothing is created."""
    return target.with_name(f"{target.name}{_MARK}{os.getpid()}-{_host()}-{secrets.token_hex(4)}")


def remove_abandoned(target: Path) -> None:
    """Remove the unfinished folders of ``target`` whose processes are gone.

    That is known where they ran on this machine; elsewhere a day without progress has to tell.
    """
    try:
        beside = list(target.parent.iterdir())
    except OSError:  # there is no such folder yet
        return
    for folder in beside:
        name, mark, owner = folder.name.rpartition(_MARK)
        if mark and name == target.name and _is_abandoned(folder, owner):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path, owner: str) -> bool:
    pid, host = (*owner.split("-"), "", "")[:2]
    if host == _host() and pid.isdecimal() and not _is_running(int(pid)):
        return True
    try:
        written = [path.stat().st_mtime for path in (folder, *folder.iterdir())]
    except OSError:  # it has just been finished or removed
        return False
    return time.time() - max(written) > _ABANDONED_SECONDS


def _host() -> str:
    # Machines may share the folder over a network, and their process numbers differ in meaning.
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
