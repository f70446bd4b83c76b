"""Patterns such as ``leaves/*/*.jpg``: what they match, and the folders that hide matches."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from transferleaf.datasets.photos.files import LeftOut, answerable_below, is_folder

_ANY_DEPTH = "**"


def is_pattern(word: str) -> bool:
    """Whether a word is a pattern, and not the name of a file that has such characters.

    >>> is_pattern("leaves/*.jpg"), is_pattern("leaves/1.jpg")
    (True, False)
    """
    return glob.has_magic(word) and not os.path.lexists(word)


def matched(pattern: str, left_out: LeftOut | None = None) -> Iterator[Path]:
    """Find the photos that a pattern means, as ``glob`` does with ``recursive=True``.

    A folder that matches stands for the photos below it. ``glob`` passes over folders that may not
    be read without a word; here they are among the answers, and whoever opens them says why.

    Args:
        pattern: With ``*``, ``?`` and ``[...]`` for parts of one name, ``**`` for any folders.
        left_out: Is told of files in matched folders that have no ending of a photo.
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
    """Take the steps of a pattern from a folder; ``above`` are folders on the way to it."""
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
    except (FileNotFoundError, NotADirectoryError):  # another branch of the pattern leads on
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
    elif not rest:  # a folder stands for all below it
        yield folder
    elif identity not in above:  # else a link has led back
        yield from _matches(folder, rest, frozenset())
        for name in seen:
            if is_folder(folder / name):
                yield from _matches(folder / name, steps, above | {identity})
