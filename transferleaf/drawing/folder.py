"""The folder of a drawing: its allowed content, and atomic writing of files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NoReturn

from transferleaf.drawing.drawing import Drawing
from transferleaf.errors import FolderLayoutError

RECORD = "drawn.json"
_UNFINISHED = ".partial"


def claim_folder(folder: Path, drawing: Drawing) -> None:
    """Check that a folder contains only this drawing, and record it in ``drawn.json``.

    Names that begin with a dot, such as ``.DS_Store``, are ignored.

    Args:
        folder: A folder that is missing, empty, or contains a part or all of this drawing.
        drawing: The drawing.

    Raises:
        FolderLayoutError: It contains something else. Nothing was changed.
    """
    if folder.exists() and not folder.is_dir():
        raise FolderLayoutError(folder, "is a file", "name a folder for the drawn leaves.")
    claimed = (folder / RECORD).is_file()
    if claimed:
        _check_record(folder, drawing)
    _check_nothing_else(folder, drawing if claimed else None)
    folder.mkdir(parents=True, exist_ok=True)
    for unfinished in folder.rglob(f".*{_UNFINISHED}"):
        unfinished.unlink()
    if not claimed:
        write_whole(folder / RECORD, (json.dumps(drawing.facts(), indent=2) + "\n").encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file atomically."""
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}{_UNFINISHED}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _check_record(folder: Path, drawing: Drawing) -> None:
    try:
        found = json.loads((folder / RECORD).read_bytes())
    except ValueError:  # not JSON, or not text
        found = None
    if not isinstance(found, dict):
        _refuse(folder, f"contains a {RECORD} that draw_leaves did not write")
    for name, wanted in drawing.facts().items():
        if found.get(name) != wanted:
            _refuse(
                folder, f"contains leaves drawn with {name}={found.get(name)!r}, not {wanted!r}"
            )


def _check_nothing_else(folder: Path, drawing: Drawing | None) -> None:
    """Refuse files that are not part of ``drawing``, or all files without a drawing."""
    own = {RECORD}
    if drawing is not None:
        own |= set(drawing.classes)
        own |= {str(file) for leaf in drawing.leaves() for file in leaf.files()}
    below = (path.relative_to(folder) for path in folder.rglob("*"))
    visible = {path.as_posix() for path in below if not any(p.startswith(".") for p in path.parts)}
    foreign = sorted(visible - own)
    if foreign:
        _refuse(folder, f"contains {foreign[0]!r}, which is not part of this drawing")


def _refuse(folder: Path, found: str) -> NoReturn:
    raise FolderLayoutError(folder, found, "choose an empty folder, or delete this one first.")
