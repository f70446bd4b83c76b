"""Views of a photo: the photo itself, and augmented copies that are computed once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from transferleaf.augmenting.augmentation import Augmentation
from transferleaf.augmenting.views import augmented_views, view_keys, view_seeds

# Independent of the seed of a fit, so that all fits use the same stored views.
_SEED = 0


@dataclass(frozen=True, slots=True)
class View:
    """A view of all photos.

    Attributes:
        number: 0 for the photo itself, other numbers for different random augmentations.
        augment: The augmentation.
    """

    number: int = 0
    augment: Augmentation | None = None

    @property
    def is_scene(self) -> bool:
        """Whether the photos are composed into field scenes."""
        return self.number > 0 and self.augment is not None and self.augment.scenes is not None

    def keys(self, photos: list[bytes]) -> list[bytes]:
        """Return the keys of this view for the keys of photos."""
        if self.number == 0 or self.augment is None:
            return photos
        return view_keys(photos, self.augment, _SEED, self.number)

    def apply(self, batches: Iterable[NDArray[Any]], keys: list[bytes]) -> Iterator[NDArray[Any]]:
        """Augment the photos of ``batches``, with the view keys ``keys`` in the same order."""
        done = 0
        for images in batches:
            own = keys[done : done + len(images)]
            done += len(images)
            if self.number == 0 or self.augment is None:
                yield images
            else:
                yield augmented_views(images, view_seeds(own), self.augment)


def views_of(augment: Augmentation | None, extra: int) -> tuple[View, ...]:
    """Return the photo itself and, if there is an augmentation, ``extra`` augmented views.

    If the augmentation composes field scenes, the last of at least two views is a varied photo
    without a scene. With scenes only, the accuracy on photos on a plain background is lower.

    >>> views = views_of(Augmentation.field(), 3)
    >>> [view.is_scene for view in views]
    [False, True, True, False]
    """
    if augment is None:
        return (View(),)
    views = [View(), *(View(number, augment) for number in range(1, extra + 1))]
    if augment.scenes is not None and extra > 1:
        rest = replace(augment, scenes=None)
        views[-1] = View(extra, Augmentation.leaf() if rest == Augmentation() else rest)
    return tuple(views)
