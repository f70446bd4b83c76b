"""The folder a drawing lives in: what may lie there, and files that are whole or absent."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NoReturn

from transferleaf.datasets.synthetic.drawing import Drawing
from transferleaf.errors import FolderLayoutError

RECORD = "drawn.json"
_UNFINISHED = ".partial"


def claim_folder(folder: Path, drawing: Drawing) -> None:
    """Make sure that ``folder`` is for this drawing alone, and say so in its ``drawn.json``.

    Raises:
        FolderLayoutError: The folder holds anything else; nothing was changed.
    """
    if folder.exists() and not folder.is_dir():
        raise FolderLayoutError(folder, "is a file", "name a folder for the drawn leaves.")
    present = set(_visible_files(folder))
    record = PurePosixPath(RECORD)
    if record in present:
        _check_record(folder, drawing)
    expected = {record} | {file for leaf in drawing.leaves() for file in leaf.files()}
    foreign = present - (expected if record in present else set())
    if foreign:
        _refuse(
            folder, f"holds {len(foreign)} files that were not drawn, {str(min(foreign))!r} first"
        )
    folder.mkdir(parents=True, exist_ok=True)
    _remove_unfinished(folder)
    if record not in present:
        text = json.dumps(drawing.facts(), indent=2) + "\n"
        write_whole(folder / RECORD, text.encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that, whenever the program is stopped, it is complete or absent."""
    path.parent.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=_UNFINISHED)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(path)


def _visible_files(folder: Path) -> Iterator[PurePosixPath]:
    """Files and empty folders below ``folder``; what systems hide (``.DS_Store``) is not looked at."""
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if not any(part.startswith(".") for part in inside.parts) and not path.is_dir():
            yield PurePosixPath(inside.as_posix())


def _remove_unfinished(folder: Path) -> None:
    for path in folder.rglob(f".*{_UNFINISHED}"):
        path.unlink(missing_ok=True)


def _refuse(folder: Path, found: str) -> NoReturn:
    raise FolderLayoutError(folder, found, "choose an empty folder, or delete this one first.")


def _check_record(folder: Path, drawing: Drawing) -> None:
    try:
        found = json.loads((folder / RECORD).read_text())
    except ValueError:  # not JSON, or not text
        found = None
    if not isinstance(found, dict):
        _refuse(folder, f"holds a {RECORD} that cannot be read")
    wanted = drawing.facts()
    differing = [name for name in wanted if found.get(name) != wanted[name]]
    if differing:
        name = differing[0]
        _refuse(
            folder,
            f"holds leaves drawn with {name}={found.get(name)!r}, not {wanted[name]!r}",
        )
