"""The arguments of a drawing as a value, and the photos that they define."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Integral
from pathlib import PurePosixPath

import numpy as np

from transferleaf.drawing.classes import DRAWN_CLASSES
from transferleaf.errors import ConfigError

# Increased when the same arguments draw other pixels than before.
FORMAT = 1

SMALLEST_PHOTO = 32  # pixels; in smaller photos, veins and spots are not visible


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLeaf:
    """A leaf and its photos.

    Attributes:
        class_name: The class of the leaf.
        number: The number of the leaf in its class, from 1.
        n_photos: Number of photos, at least 1.
    """

    class_name: str
    number: int
    n_photos: int

    def files(self) -> list[PurePosixPath]:
        """Return the paths of the photos in the folder, which contain the number of the leaf."""
        return [
            PurePosixPath(self.class_name, f"leaf{self.number:04d}_photo{photo}.jpg")
            for photo in range(1, self.n_photos + 1)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The arguments of ``draw_leaves``, checked.

    Attributes:
        photos_per_class: Photos per class, at least 1.
        image_size: Height and width of a photo in pixels, at least 32.
        seed: Random seed, at least 0.
        classes: Some of ``DRAWN_CLASSES``, unique, at least one.
        photos_per_leaf: Minimum and maximum number of photos per leaf, from 1.

    Raises:
        ConfigError: An argument is out of range.
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
        """Return the content of the folder's record of this drawing, as values for JSON."""
        fewest, most = self.photos_per_leaf
        return {
            "format": FORMAT,
            "photos_per_class": int(self.photos_per_class),
            "image_size": int(self.image_size),
            "seed": int(self.seed),
            "classes": sorted(self.classes),
            "photos_per_leaf": [int(fewest), int(most)],
        }

    def leaves(self) -> Iterator[DrawnLeaf]:
        """Yield all leaves, class by class."""
        for class_name in sorted(self.classes):
            yield from self._leaves_of(class_name)

    def _leaves_of(self, class_name: str) -> Iterator[DrawnLeaf]:
        fewest, most = self.photos_per_leaf
        choices = np.arange(fewest, most + 1)
        # Small numbers are more frequent: for 1 to 3 photos, the shares are 4/9, 3/9 and 2/9.
        weights = most + 2.0 - choices
        rng = self.random_of(class_name)
        number, missing = 1, self.photos_per_class
        while missing > 0:
            wanted = int(rng.choice(choices, p=weights / weights.sum()))
            yield DrawnLeaf(class_name=class_name, number=number, n_photos=min(wanted, missing))
            number, missing = number + 1, missing - wanted

    def random_of(self, class_name: str, leaf: int = 0, photo: int = 0) -> np.random.Generator:
        """Return the random generator of a class, of a leaf in it, or of a photo of that leaf.

        It depends on nothing else, so a class does not depend on which other classes are drawn.
        """
        key = (zlib.crc32(class_name.encode()), leaf, photo)
        return np.random.default_rng(np.random.SeedSequence(int(self.seed), spawn_key=key))


def _check_whole(option: str, value: object, *, minimum: int) -> None:
    if not isinstance(value, Integral) or isinstance(value, bool) or int(value) < minimum:
        raise ConfigError(option, value, f"be a whole number, at least {minimum}")


def _check_classes(classes: tuple[str, ...]) -> None:
    odd = [name for name, n in Counter(classes).items() if n > 1 or name not in DRAWN_CLASSES]
    if not classes or odd:
        wrong = f"not {odd}" if odd else "at least one"
        raise ConfigError("classes", classes, f"be different drawn classes, {wrong}")


def _check_photos_per_leaf(span: tuple[int, int]) -> None:
    whole = isinstance(span, tuple | list) and all(isinstance(bound, Integral) for bound in span)
    if not whole or len(span) != 2 or not 1 <= span[0] <= span[1]:
        must = (
            "be the minimum and the maximum number of photos per leaf, with 1 <= minimum <= maximum"
        )
        raise ConfigError("photos_per_leaf", span, must)
