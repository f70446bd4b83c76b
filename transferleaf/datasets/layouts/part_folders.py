"""What names a part of a data set: one rule for folders, files and cells of tables.

A name is taken apart into words. Some say a part ("train", "dev"), some only what lies there
("images", "set", "fold"), and numbers count copies; what is left may be anything.
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
"""The parts in their usual order, and the words that say each, in lower case."""

IMAGE_WORDS = frozenset(
    {"image", "images", "img", "imgs", "photo", "photos", "picture", "pictures"}
)
_DIVISION_WORDS = frozenset(
    {"set", "sets", "subset", "split", "part", "partition", "fold", "batch", "chunk", "shard"}
)
_PLAIN_WORDS = IMAGE_WORDS | _DIVISION_WORDS | {"data", "dataset", "ds", "folder", "dir"}
_MEANING = {word: part for part, words in PART_WORDS.items() for word in words}
# Words are written together too: "trainset", "testdata", "trainval". Longer words first.
_KNOWN = "|".join(sorted(_MEANING.keys() | _PLAIN_WORDS, key=len, reverse=True))
_TOGETHER = re.compile(f"(?:{_KNOWN})+")
_EACH = re.compile(_KNOWN)


@dataclass(frozen=True, slots=True)
class _Name:
    """A name taken apart.

    Attributes:
        parts: The parts that it says.
        plain: Whether it has words that say what lies there.
        rest: Its other words, in order.
    """

    parts: frozenset[str]
    plain: bool
    rest: tuple[str, ...]

    @property
    def part(self) -> str | None:
        """The one part that it says; photos to train and to validate on are photos to train on."""
        said = self.parts - {"val"} if "train" in self.parts else self.parts
        return next(iter(said)) if len(said) == 1 else None

    @property
    def says_nothing_else(self) -> bool:
        return bool(self.parts or self.plain) and not self.rest


def part_named(name: str) -> str | None:
    """The part that a name says, if it says nothing else; ``None`` if not.

    >>> part_named("Valid"), part_named("test_set"), part_named("train2017"), part_named("trainval")
    ('val', 'test', 'train', 'train')
    >>> part_named("fold_3"), part_named("seg_test"), part_named("Tomato") is None
    (None, None, True)
    """
    said = _taken_apart(name)
    return said.part if said.says_nothing_else else None


def part_of(folder: Path) -> str | None:
    """The part that a folder is called like, or ``None``; see ``part_named``."""
    return part_named(folder.name)


def parts_among(names: Iterable[str]) -> dict[str, str | None]:
    """Tell the parts of a data set from its classes, by all of their names together.

    They are parts where no name says anything but a part or what lies there, as in ``train_images``
    and ``test_images`` or ``fold_0`` and ``fold_1``; where each says a part and they differ in it,
    whatever else they say, as in ``Train_aug`` and ``valid``; and where one says train, another
    says val or test, and both say the same else, as in ``seg_train``, ``seg_test`` and ``more``.

    Args:
        names: Names of folders that lie beside each other, each once.

    Returns:
        The part of each name, ``None`` where it does not say one; empty where they may be classes.

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
    """Whether a word of a name says that photos lie there.

    >>> speaks_of_images("train_images"), speaks_of_images("imagery")
    (True, False)
    """
    return any(word in IMAGE_WORDS for word in _words(name))


def named_parts(root: Path) -> dict[str, Path]:
    """Find the folders in ``root`` that are called like a part.

    Returns:
        Folders by part, in order of the folders' names; of two for one part, the last.
    """
    folders = list_folder(root).folders
    among = parts_among(folder.name for folder in folders)
    said = {folder: among.get(folder.name) or part_of(folder) for folder in folders}
    return {part: folder for folder, part in said.items() if part is not None}


def in_usual_order(parts: Iterable[str]) -> tuple[str, ...]:
    """Name each part once: train, val and test first, then others as they come.

    Whatever the order of the photos is: ``train, test = data.split()`` must not swap them, and
    test photos leak, not train photos.

    >>> in_usual_order(["test", "extra", "train", "test"])
    ('train', 'test', 'extra')
    """
    named = dict.fromkeys(parts)
    usual = [part for part in PART_WORDS if part in named]
    return tuple(dict.fromkeys([*usual, *named]))


def are_all_parts(folders: Sequence[Path]) -> bool:
    """Whether folders are the parts of one data set, and no classes; see ``parts_among``.

    >>> are_all_parts([Path("train"), Path("test")]), are_all_parts([Path("train"), Path("plane")])
    (True, False)
    """
    return bool(parts_among(folder.name for folder in folders))


def _taken_apart(name: str) -> _Name:
    words = _words(name)
    known = [word for word in words if word in _MEANING or word in _PLAIN_WORDS]
    # A letter or a number counts what another word names: "part_a", "train2017".
    rest = [word for word in words if word not in known and len(word) > 1]
    return _Name(
        parts=frozenset(_MEANING[word] for word in known if word in _MEANING),
        plain=any(word in _PLAIN_WORDS for word in known),
        rest=tuple(rest),
    )


def _words(name: str) -> list[str]:
    """Take a name apart, without its numbers.

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
