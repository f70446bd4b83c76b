"""A drawing as a value: the arguments that decide every byte, and the photos they stand for."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from numbers import Integral
from pathlib import PurePosixPath

import numpy as np

from transferleaf.datasets.synthetic.classes import DRAWN_CLASSES
from transferleaf.errors import ConfigError

# Raised whenever the same arguments would draw other pixels than before.
FORMAT = 1

SMALLEST_PHOTO = 32  # pixels; below this no vein or spot survives


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafPhotos:
    """One leaf and how many photos are taken of it.

    Attributes:
        label: Its class.
        leaf: Its number in the class, from 1.
        photos: Number of photos, at least 1.
    """

    label: str
    leaf: int
    photos: int

    def files(self) -> list[PurePosixPath]:
        """The photos' paths inside the folder; they share the leaf's number."""
        return [
            PurePosixPath(self.label, f"leaf{self.leaf:04d}_photo{photo}.jpg")
            for photo in range(1, self.photos + 1)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The arguments of ``draw_leaves``, checked.

    Attributes:
        photos_per_class: Photos in each class, at least 1.
        image_size: Side of a photo in pixels, at least 32.
        seed: Any integer from 0.
        classes: Names from ``DRAWN_CLASSES``, each once, in that order.
        photos_per_leaf: Fewest and most photos of one leaf.

    Raises:
        ConfigError: An argument is out of its range.
    """

    photos_per_class: int
    image_size: int
    seed: int
    classes: tuple[str, ...]
    photos_per_leaf: tuple[int, int]

    def __post_init__(self) -> None:
        _check_whole("photos_per_class", self.photos_per_class, minimum=1)
        _check_whole("image_size", self.image_size, minimum=SMALLEST_PHOTO)
        _check_whole("seed", self.seed, minimum=0)
        _check_classes(self.classes)
        _check_photos_per_leaf(self.photos_per_leaf)

    def facts(self) -> dict[str, object]:
        """What ``drawn.json`` says of this drawing."""
        return {"format": FORMAT} | {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    def leaves(self) -> Iterator[LeafPhotos]:
        """All leaves, class by class."""
        for label in self.classes:
            yield from self._leaves_of(label)

    def _leaves_of(self, label: str) -> Iterator[LeafPhotos]:
        fewest, most = self.photos_per_leaf
        choices = np.arange(fewest, most + 1)
        # Fewer photos are likelier: 4, 3, 2 in 9 for one to three photos, 1.8 on average.
        weights = most - choices + 2.0
        rng = self.random_of(label)
        leaf, missing = 1, self.photos_per_class
        while missing > 0:
            photos = int(rng.choice(choices, p=weights / weights.sum()))
            yield LeafPhotos(label=label, leaf=leaf, photos=min(photos, missing))
            leaf, missing = leaf + 1, missing - photos

    def random_of(self, label: str, leaf: int = 0, photo: int = 0) -> np.random.Generator:
        """The randomness of a class, of one of its leaves, or of one photo of that leaf.

        It depends on nothing else: a class looks the same whichever classes are drawn beside it.
        """
        key = (zlib.crc32(label.encode()), leaf, photo)
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))


def _check_whole(option: str, value: int, *, minimum: int) -> None:
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < minimum:
        raise ConfigError(option, value, f"be a whole number, at least {minimum}")


def _check_classes(classes: tuple[str, ...]) -> None:
    known = [label for label in DRAWN_CLASSES if label in classes]
    if not classes or list(classes) != known:
        raise ConfigError("classes", classes, f"name each class once, out of {DRAWN_CLASSES}")


def _check_photos_per_leaf(span: tuple[int, int]) -> None:
    if len(span) != 2 or not 1 <= span[0] <= span[1]:
        raise ConfigError(
            "photos_per_leaf", span, "be the fewest and the most photos of a leaf, from 1 upwards"
        )
