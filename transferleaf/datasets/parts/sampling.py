"""Samples of photos that are balanced by class and leaf."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labelled:
    """The class and the leaf of each photo.

    Attributes:
        labels: Class numbers, shape ``(n,)``.
        leaves: The leaf of each photo. ``None`` if unknown, which counts as a separate leaf.
        classes: Names of the classes.
    """

    labels: Rows
    leaves: tuple[str | None, ...]
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def part(self, rows: Rows) -> Labelled:
        """Return the photos at ``rows``, with the same class names."""
        leaves = tuple(self.leaves[row] for row in rows)
        return Labelled(labels=self.labels[rows], leaves=leaves, classes=self.classes)

    def numbered_leaves(self) -> Rows:
        """Number the leaves from 0 in order of appearance, shape ``(n,)``."""
        numbers: dict[str | int, int] = {}
        keys = (row if leaf is None else leaf for row, leaf in enumerate(self.leaves))
        return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)

    def classes_of_one_leaf(self) -> tuple[str, ...]:
        """Return the classes whose photos all show the same leaf.

        >>> labels = np.array([0, 0, 1, 1])
        >>> photos = Labelled(labels=labels, leaves=tuple("aabc"), classes=("x", "y"))
        >>> photos.classes_of_one_leaf()
        ('x',)
        """
        pairs = set(zip(self.labels.tolist(), self.numbered_leaves().tolist(), strict=True))
        leaves = Counter(label for label, _ in pairs)
        return tuple(self.classes[label] for label in sorted(leaves) if leaves[label] == 1)


def varied_sample(photos: Labelled, *, limit: int, least: int, seed: int) -> Rows:
    """Draw a sample with equally many photos of each class, from as many leaves as possible.

    All photos of smaller classes are drawn. With the same seed, smaller samples are subsets of
    larger ones.

    Args:
        photos: Labels and leaves of all photos.
        limit: Maximum number of photos, unless ``least`` requires more.
        least: Minimum number of photos of each class, if it has as many.
        seed: Random seed.

    Returns:
        Indices of the photos, in increasing order.

    >>> labels = np.array([0, 0, 0, 0, 1])
    >>> photos = Labelled(labels=labels, leaves=tuple("aaabc"), classes=("x", "y"))
    >>> rows = varied_sample(photos, limit=3, least=1, seed=0)
    >>> sorted(photos.leaves[row] for row in rows)
    ['a', 'b', 'c']
    """
    counts = np.bincount(photos.labels)
    quota = max(least, _level(counts, limit))
    leaves = photos.numbered_leaves().tolist()
    seen: Counter[int] = Counter()
    by_class: dict[int, list[tuple[int, int]]] = {}
    for row in np.random.default_rng(seed).permutation(len(photos)).tolist():
        # How many photos of its leaf come before it: second photos of leaves come after all first
        # ones.
        by_class.setdefault(int(photos.labels[row]), []).append((seen[leaves[row]], row))
        seen[leaves[row]] += 1
    drawn = [
        row
        for found in by_class.values()
        for _, row in sorted(found, key=lambda photo: photo[0])[:quota]
    ]
    return np.sort(np.array(drawn, np.int64))


def share_of_leaves(photos: Labelled, rows: Rows, share: float, seed: int) -> Rows | None:
    """Select a share of the leaves of each class, with all their photos.

    Args:
        photos: Labels and leaves of all photos.
        rows: The photos to select from.
        share: The share, in (0, 1].
        seed: Random seed. With the same seed, smaller shares are subsets of larger ones.

    Returns:
        Indices of the photos, in increasing order. ``None`` if a class would have no leaf.
    """
    leaves = photos.numbered_leaves()
    order = np.random.default_rng(seed).permutation(len(leaves))
    chosen: set[int] = set()
    for label in np.unique(photos.labels[rows]):
        own = np.unique(leaves[rows[photos.labels[rows] == label]])
        count = int(share * len(own) + 0.5)
        if not count:
            return None
        chosen.update(own[np.argsort(order[own])][:count].tolist())
    return rows[np.isin(leaves[rows], list(chosen))]


def _level(counts: Rows, limit: int) -> int:
    """Return the maximum number of photos per class with at most ``limit`` photos in all."""
    level = 0
    while level < counts.max(initial=0) and np.minimum(counts, level + 1).sum() <= limit:
        level += 1
    return level
