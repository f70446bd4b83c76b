"""The argument ``PHOTOS``: files, folders and patterns, or a list of them on stdin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from transferleaf.datasets.photos.files import LeftOut, answerable_below, is_folder
from transferleaf.datasets.photos.patterns import is_pattern, matched
from transferleaf.text.terminal import Terminal
from transferleaf.text.wording import counted, first_few

STDIN = "-"


def photo_paths(
    words: Iterable[str], stdin: TextIO, left_out: LeftOut | None = None
) -> Iterator[Path]:
    """Yield photos one by one, so that even a million of them need no memory.

    Args:
        words: Files; folders, which are searched recursively; patterns such as ``leaves/*.jpg``;
            ``-`` for such lines on ``stdin``.
        stdin: The input for ``-``.
        left_out: Collects the files in folders without an extension of photos.

    Yields:
        The photos, in order. Folders without photos, unreadable folders and patterns without
        matches are yielded unchanged, and opening them gives the error.
    """
    for word in words:
        if word == STDIN:
            lines = (line.rstrip("\r\n") for line in stdin)
            yield from photo_paths(
                (line for line in lines if line and line != STDIN), stdin, left_out
            )
            continue
        found = False
        for path in _meant(word, left_out):
            found = True
            yield path
        if not found:
            yield Path(word)


def say_left_out(left_out: LeftOut) -> None:
    """Print the files in folders that were left out, on stderr."""
    if left_out.number:
        shown = first_few(map(str, left_out.first))
        more = f" and {left_out.number - len(left_out.first):,} more" * (
            left_out.number > len(left_out.first)
        )
        console = Terminal(stderr=True, highlight=False, markup=False, soft_wrap=True)
        console.print(
            f"{counted(left_out.number, 'file')} without the ending of a photo left out: "
            f"{shown}{more}"
        )


def _meant(word: str, left_out: LeftOut | None) -> Iterator[Path]:
    path = Path(word)
    if is_folder(path):
        yield from answerable_below(path, left_out)
    elif is_pattern(word):
        yield from matched(word, left_out)
    else:
        yield path
