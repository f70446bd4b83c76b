"""The words ``PHOTOS``: files, folders and patterns, or a list of them on stdin."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from transferleaf.datasets.photos.files import is_folder, photos_below

STDIN = "-"


def photo_paths(words: Iterable[str], stdin: TextIO) -> Iterator[Path]:
    """Find photos one by one, so that a million of them take no room.

    Args:
        words: Files, taken as they are; folders, searched at any depth; patterns such as
            ``leaves/*.jpg``; ``-`` for lines of such words on ``stdin``.
        stdin: Is read for ``-``.

    Yields:
        The photos, in order. A folder without photos, and a pattern that nothing fits, come as
        they are: whoever opens them says what is wrong.
    """
    for word in words:
        if word == STDIN:
            lines = (line.rstrip("\r\n") for line in stdin)
            yield from photo_paths((line for line in lines if line and line != STDIN), stdin)
            continue
        found = False
        for path in _meant(word):
            found = True
            yield path
        if not found:
            yield Path(word)


def _meant(word: str) -> Iterator[Path]:
    path = Path(word)
    if is_folder(path):
        yield from photos_below(path)
    elif glob.has_magic(word) and not path.exists():  # a photo may be called "leaf[1].jpg"
        for match in sorted(glob.glob(word, recursive=True)):  # noqa: PTH207 - Path.glob refuses absolute ones
            yield from photos_below(Path(match)) if is_folder(Path(match)) else [Path(match)]
    else:
        yield path
