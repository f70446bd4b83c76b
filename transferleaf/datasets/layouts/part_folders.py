"""What publishers call the folders of their parts: train, val and test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from transferleaf.datasets.photos.files import list_folder

# Names of a part on the left, the folder names that mean it on the right, in lower case.
PART_FOLDERS = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation"),
    "test": ("test", "testing"),
}
_MEANING = {folder: part for part, folders in PART_FOLDERS.items() for folder in folders}


def part_of(folder: Path) -> str | None:
    """The part that a folder is called like, or ``None``.

    >>> part_of(Path("leaves/Valid")), part_of(Path("leaves/Tomato"))
    ('val', None)
    """
    return _MEANING.get(folder.name.lower())


def named_parts(root: Path) -> dict[str, Path]:
    """Find the folders in ``root`` that are called like a part.

    Returns:
        Folders by part, in order of the folders' names; of two for one part, the last.
    """
    folders = list_folder(root).folders
    return {part: folder for folder in folders if (part := part_of(folder)) is not None}


def in_usual_order(parts: Iterable[str]) -> tuple[str, ...]:
    """Name each part once: train, val and test first, then others as they come.

    Whatever the order of the photos is: ``train, test = data.split()`` must not swap them, and
    test photos leak, not train photos.

    >>> in_usual_order(["test", "extra", "train", "test"])
    ('train', 'test', 'extra')
    """
    named = dict.fromkeys(parts)
    usual = [part for part in PART_FOLDERS if part in named]
    return tuple(dict.fromkeys([*usual, *named]))


def are_all_parts(folders: Sequence[Path]) -> bool:
    """Whether folders are called ``train`` and like other parts, and nothing else.

    >>> are_all_parts([Path("train"), Path("test")]), are_all_parts([Path("train"), Path("plane")])
    (True, False)
    """
    parts = {part_of(folder) for folder in folders}
    return len(parts) > 1 and "train" in parts and None not in parts
