"""Folders that are being filled beside the place they are for, and what killed processes left."""

from __future__ import annotations

import shutil
from pathlib import Path

from transferleaf.whole_files import owner_is_gone, owner_mark

_MARK = ".partial-"


def unfinished_folder(target: Path) -> Path:
    """Name a folder beside ``target`` that says which process fills it; nothing is created."""
    return target.with_name(f"{target.name}{_MARK}{owner_mark()}")


def remove_abandoned(target: Path) -> None:
    """Remove the unfinished folders of ``target`` whose processes are gone."""
    try:
        beside = list(target.parent.iterdir())
    except OSError:  # there is no such folder yet
        return
    for folder in beside:
        name, mark, owner = folder.name.rpartition(_MARK)
        if mark and name == target.name and owner_is_gone(owner, _top_of(folder)):
            shutil.rmtree(folder, ignore_errors=True)


def _top_of(folder: Path) -> list[Path]:
    """Whoever fills a folder writes to the files at its top all the time."""
    try:
        return [folder, *folder.iterdir()]
    except OSError:  # it has just been finished or removed
        return [folder]
