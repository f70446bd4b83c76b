"""Views of a photo: the photo itself, and changed copies of it that are computed once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from transferleaf.augmenting.augmentation import Augmentation
from transferleaf.augmenting.views import augmented_views, view_keys, view_seeds

# Not the seed of a fit: then each fit would compute and store views of its own.
_SEED = 0


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at every photo.

    Attributes:
        number: 0 is the photo itself; each other number is another random change of it.
        augment: What may be changed.
    """

    number: int = 0
    augment: Augmentation | None = None

    def keys(self, photos: list[bytes]) -> list[bytes]:
        """Turn the keys of photos into the keys of this view of them."""
        if self.number == 0 or self.augment is None:
            return photos
        return view_keys(photos, self.augment, _SEED, self.number)

    def apply(self, batches: Iterable[NDArray[Any]], keys: list[bytes]) -> Iterator[NDArray[Any]]:
        """Change the photos of ``batches``, whose own view keys are ``keys``, in the same order."""
        done = 0
        for images in batches:
            own = keys[done : done + len(images)]
            done += len(images)
            if self.number == 0 or self.augment is None:
                yield images
            else:
                yield augmented_views(images, view_seeds(own), self.augment)


def views_of(augment: Augmentation | None, extra: int) -> tuple[View, ...]:
    """The photo itself, and ``extra`` changed views of it where there is an augmentation."""
    if augment is None:
        return (View(),)
    return (View(), *(View(number, augment) for number in range(1, extra + 1)))
