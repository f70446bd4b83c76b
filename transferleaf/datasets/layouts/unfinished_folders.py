"""Temporary folders next to their final location, and removal of those of killed processes."""

from __future__ import annotations

import shutil
from pathlib import Path

from transferleaf.files.whole_files import owner_is_gone, owner_mark

_MARK = ".partial-"


def unfinished_folder(target: Path) -> Path:
    """Return a path next to ``target`` with the mark of this process. Nothing is created."""
    return target.with_name(f"{target.name}{_MARK}{owner_mark()}")


def remove_abandoned(target: Path) -> None:
    """Remove the unfinished folders of ``target`` whose processes have ended."""
    try:
        beside = list(target.parent.iterdir())
    except OSError:  # the parent folder does not exist yet
        return
    for folder in beside:
        name, mark, owner = folder.name.rpartition(_MARK)
        if mark and name == target.name and owner_is_gone(owner, _top_of(folder)):
            shutil.rmtree(folder, ignore_errors=True)


def _top_of(folder: Path) -> list[Path]:
    """Return the files at the top of a folder. A process that fills it writes to them often."""
    try:
        return [folder, *folder.iterdir()]
    except OSError:  # it was finished or removed in the meantime
        return [folder]
