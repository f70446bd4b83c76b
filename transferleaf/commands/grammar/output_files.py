"""Files that a command writes at its end: a path that cannot work is refused at its beginning."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import typer

from transferleaf.whole_files import written_whole

OutputPath = TypeVar("OutputPath", str, Path, None)


def checked_output_path(path: OutputPath) -> OutputPath:
    """Return the path of a file, which may be absent, or ``-`` for stdout; for ``typer.Option``.

    Raises:
        BadParameter: There is no folder to write it into, or it is a folder itself.
    """
    if path is None or str(path) == "-":
        return path
    if not Path(path).parent.is_dir():
        raise typer.BadParameter(f"there is no folder {str(Path(path).parent)!r} to write it into")
    if Path(path).is_dir():
        raise typer.BadParameter(f"{str(path)!r} is a folder; name a file")
    return path


def write_text(text: str, path: Path) -> None:
    """Write a text for people; the file is complete or as it was before.

    Raises:
        OSError: It cannot be written.
    """
    with written_whole(path) as file:
        file.write(text.encode("utf-8", errors="backslashreplace"))
