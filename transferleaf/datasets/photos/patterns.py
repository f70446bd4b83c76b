"""Patterns such as ``leaves/*/*.jpg``, and the files that match them."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from transferleaf.datasets.photos.files import LeftOut, answerable_below, is_folder

_ANY_DEPTH = "**"


def is_pattern(word: str) -> bool:
    """Return whether a word is a pattern, and not the name of an existing file.

    >>> is_pattern("leaves/*.jpg"), is_pattern("leaves/1.jpg")
    (True, False)
    """
    return glob.has_magic(word) and not os.path.lexists(word)


def matched(pattern: str, left_out: LeftOut | None = None) -> Iterator[Path]:
    """Find the photos that match a pattern, as ``glob`` does with ``recursive=True``.

    For a matching folder, all photos below it are returned. Unreadable folders, which ``glob``
    skips silently, are returned too, and opening them gives the error.

    Args:
        pattern: A path with ``*``, ``?`` and ``[...]`` for parts of one name, ``**`` for any
            folders.
        left_out: Collects files in matching folders without an extension of photos.
    """
    start = Path(pattern).anchor
    steps = Path(pattern).parts[1:] if start else Path(pattern).parts
    for match in _matches(Path(start), steps, frozenset()):
        if is_folder(match):
            yield from answerable_below(match, left_out)
        else:
            yield match


def _matches(
    folder: Path, steps: tuple[str, ...], above: frozenset[tuple[int, int]]
) -> Iterator[Path]:
    """Match the rest of a pattern in a folder. ``above`` are its parent folders."""
    if not steps:
        yield folder
        return
    step, rest = steps[0], steps[1:]
    try:
        if not glob.has_magic(step):
            (folder / step).lstat()
            yield from _matches(folder / step, rest, frozenset())
            return
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
        facts = folder.stat()
    except (FileNotFoundError, NotADirectoryError):  # no match in this branch
        return
    except OSError:
        yield folder
        return
    seen = [name for name in names if step[0] == "." or not name.startswith(".")]
    identity = facts.st_dev, facts.st_ino
    if step != _ANY_DEPTH:
        for name in seen:
            if fnmatch(name, step):
                yield from _matches(folder / name, rest, frozenset())
    elif not rest:  # all photos below a matching folder
        yield folder
    elif identity not in above:  # otherwise a circular link
        yield from _matches(folder, rest, frozenset())
        for name in seen:
            if is_folder(folder / name):
                yield from _matches(folder / name, steps, above | {identity})
