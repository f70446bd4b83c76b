"""Recognition of the parts of a data set in the names of folders, files and table cells.

A name is split into words. Some name a part ("train", "dev"), some describe the content ("images",
"set", "fold"), and numbers count copies. All other words can mean anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from transferleaf.datasets.photos.files import composed, list_folder

PART_WORDS = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation", "validate", "dev", "development"),
    "test": ("test", "testing", "eval", "evaluation"),
}
"""The parts in their usual order, and the words for each, in lower case."""

IMAGE_WORDS = frozenset(
    {"image", "images", "img", "imgs", "photo", "photos", "picture", "pictures"}
)
_DIVISION_WORDS = frozenset(
    {"set", "sets", "subset", "split", "part", "partition", "fold", "batch", "chunk", "shard"}
)
_PLAIN_WORDS = IMAGE_WORDS | _DIVISION_WORDS | {"data", "dataset", "ds", "folder", "dir"}
_MEANING = {word: part for part, words in PART_WORDS.items() for word in words}
# Words may be joined: "trainset", "testdata", "trainval". Longer words are tried first.
_KNOWN = "|".join(sorted(_MEANING.keys() | _PLAIN_WORDS, key=len, reverse=True))
_TOGETHER = re.compile(f"(?:{_KNOWN})+")
_EACH = re.compile(_KNOWN)


@dataclass(frozen=True, slots=True)
class _Name:
    """A name split into words.

    Attributes:
        parts: The parts that it names.
        plain: Whether it contains words that describe the content.
        rest: The other words, in order.
    """

    parts: frozenset[str]
    plain: bool
    rest: tuple[str, ...]

    @property
    def part(self) -> str | None:
        """The part that it names. Train together with val means train."""
        said = self.parts - {"val"} if "train" in self.parts else self.parts
        return next(iter(said)) if len(said) == 1 else None

    @property
    def says_nothing_else(self) -> bool:
        return bool(self.parts or self.plain) and not self.rest


def part_named(name: str) -> str | None:
    """Return the part that a name means, or ``None`` if it contains other words.

    >>> part_named("Valid"), part_named("test_set"), part_named("train2017"), part_named("trainval")
    ('val', 'test', 'train', 'train')
    >>> part_named("fold_3"), part_named("seg_test"), part_named("Tomato") is None
    (None, None, True)
    """
    said = _taken_apart(name)
    return said.part if said.says_nothing_else else None


def part_of(folder: Path) -> str | None:
    """Return the part that the name of a folder means, or ``None``; see ``part_named``."""
    return part_named(folder.name)


def parts_among(names: Iterable[str]) -> dict[str, str | None]:
    """Decide from all names together whether they are parts of a data set or classes.

    They are parts in three cases: if the names contain only parts and words for the content, as in
    ``train_images`` and ``test_images`` or ``fold_0`` and ``fold_1``; if each names a different
    part, as in ``Train_aug`` and ``valid``; or if one names train, another one names val or test,
    and their other words are equal, as in ``seg_train``, ``seg_test`` and ``more``.

    Args:
        names: Unique names of folders in one folder.

    Returns:
        The part of each name, or ``None`` if it names none. Empty if the names may be classes.

    >>> parts_among(["seg_train", "seg_test"]), parts_among(["fold_0", "fold_1"])
    ({'seg_train': 'train', 'seg_test': 'test'}, {'fold_0': None, 'fold_1': None})
    >>> parts_among(["train", "plane"]), parts_among(["test_negative", "test_positive"])
    ({}, {})
    """
    said = {name: _taken_apart(name) for name in names}
    if len(said) < 2:
        return {}
    every = list(said.values())
    nothing_else = all(each.says_nothing_else for each in every)
    differ = all(each.parts for each in every) and len({each.part for each in every}) > 1
    train = {each.rest for each in every if each.part == "train"}
    other = {each.rest for each in every if each.part not in (None, "train")}
    if nothing_else or differ or train & other:
        return {name: each.part for name, each in said.items()}
    return {}


def speaks_of_images(name: str) -> bool:
    """Return whether a name contains a word for photos.

    >>> speaks_of_images("train_images"), speaks_of_images("imagery")
    (True, False)
    """
    return any(word in IMAGE_WORDS for word in _words(name))


def named_parts(root: Path) -> dict[str, Path]:
    """Return the folders in ``root`` whose names mean a part.

    Returns:
        The folders by part, sorted by name. Empty if two mean the same part.
    """
    folders = list_folder(root).folders
    among = parts_among(folder.name for folder in folders)
    said = {folder: among.get(folder.name) or part_of(folder) for folder in folders}
    found = [(part, folder) for folder, part in said.items() if part is not None]
    by_part = dict(found)
    return by_part if len(by_part) == len(found) else {}


def in_usual_order(parts: Iterable[str]) -> tuple[str, ...]:
    """Return the unique parts: train, val and test first, then others in their order.

    This does not depend on the order of the photos, so ``train, test = data.split()`` never swaps
    the parts, and leaks are counted in the test part.

    >>> in_usual_order(["test", "extra", "train", "test"])
    ('train', 'test', 'extra')
    """
    named = dict.fromkeys(parts)
    usual = [part for part in PART_WORDS if part in named]
    return tuple(dict.fromkeys([*usual, *named]))


def are_all_parts(folders: Sequence[Path]) -> bool:
    """Return whether folders are the parts of one data set; see ``parts_among``.

    >>> are_all_parts([Path("train"), Path("test")]), are_all_parts([Path("train"), Path("plane")])
    (True, False)
    """
    return bool(parts_among(folder.name for folder in folders))


def _taken_apart(name: str) -> _Name:
    words = _words(name)
    known = [word for word in words if word in _MEANING or word in _PLAIN_WORDS]
    # A single letter or a number only counts: "part_a", "train2017".
    rest = [word for word in words if word not in known and len(word) > 1]
    return _Name(
        parts=frozenset(_MEANING[word] for word in known if word in _MEANING),
        plain=any(word in _PLAIN_WORDS for word in known),
        rest=tuple(rest),
    )


def _words(name: str) -> list[str]:
    """Split a name into words, without numbers.

    >>> _words("SegTrain_2"), _words("testset"), _words("Contest")
    (['seg', 'train'], ['test', 'set'], ['contest'])
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", composed(name))
    found = re.findall(r"[^\W\d_]+", spaced.lower())
    return [
        piece
        for word in found
        for piece in (_EACH.findall(word) if _TOGETHER.fullmatch(word) else [word])
    ]
