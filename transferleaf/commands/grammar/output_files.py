"""Output files of commands, whose paths are checked before the work begins."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import typer

from transferleaf.files.whole_files import written_whole

OutputPath = TypeVar("OutputPath", str, Path, None)


def checked_output_path(path: OutputPath) -> OutputPath:
    """Return a path to write to, or ``-`` for stdout. For ``typer.Option``.

    Raises:
        BadParameter: Its folder does not exist, or it is a folder.
    """
    if path is None or str(path) == "-":
        return path
    if not Path(path).parent.is_dir():
        raise typer.BadParameter(f"there is no folder {str(Path(path).parent)!r} to write it into")
    if Path(path).is_dir():
        raise typer.BadParameter(f"{str(path)!r} is a folder; name a file")
    return path


def write_text(text: str, path: Path) -> None:
    """Write a text file atomically.

    Raises:
        OSError: The file cannot be written.
    """
    with written_whole(path) as file:
        file.write(text.encode("utf-8", errors="backslashreplace"))
