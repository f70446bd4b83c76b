"""Checks that the paths, labels, classes and leaves of a data set fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from transferleaf.datasets.class_names import ALIKE, alike
from transferleaf.errors import LeafDatasetError
from transferleaf.text.wording import first_few


def checked_labels(labels: npt.ArrayLike, *, photos: int, classes: int) -> npt.NDArray[np.int64]:
    """Return a read-only copy of the labels.

    Returns:
        The labels, shape ``(photos,)``, each in [0, classes).

    Raises:
        LeafDatasetError: The labels are not indices of classes, or their number is wrong.
    """
    given = np.array(labels)
    given = given if given.size else given.astype(np.int64)
    _check_labels(given, photos, classes)
    checked = given.astype(np.int64)
    checked.setflags(write=False)
    return checked


def check_number(part: str, given: Sequence[object], *, photos: int, expected: str) -> None:
    """Raise unless the number of values equals the number of photos.

    Raises:
        LeafDatasetError: There are more or fewer.
    """
    if len(given) != photos:
        raise LeafDatasetError(part, f"number {len(given)} for {photos} photos", expected)


def check_classes(classes: Sequence[str]) -> None:
    """Raise unless the class names are unique.

    Raises:
        LeafDatasetError: Two names are equal or hard to distinguish.
    """
    twice = sorted(name for name, count in Counter(classes).items() if count > 1)
    if twice:
        raise LeafDatasetError("classes", f"name {first_few(twice)} twice", "name each once")
    pair = alike(classes)
    if pair is not None:
        raise LeafDatasetError(
            "classes",
            f"name {pair[0]!r} and {pair[1]!r}, which {ALIKE}",
            "use the same spelling for both",
        )


def check_leaves(leaves: Sequence[object]) -> None:
    """Raise unless each leaf is a non-empty text or ``None``.

    Raises:
        LeafDatasetError: There is another value. An empty text or the NaN of a table would group
            all photos of unknown leaves as one leaf.
    """
    for leaf in leaves:
        if leaf is not None and not (isinstance(leaf, str) and leaf):
            raise LeafDatasetError(
                "leaves", f"hold {leaf!r}", "give texts, or None if the leaf is unknown"
            )


def _check_labels(labels: npt.NDArray[Any], photos: int, classes: int) -> None:
    if not np.issubdtype(labels.dtype, np.integer):
        raise LeafDatasetError("labels", f"are {labels.dtype}", "give class indices as integers")
    if labels.shape != (photos,):
        raise LeafDatasetError(
            "labels", f"have the shape {labels.shape} for {photos} photos", "give one label each"
        )
    outside = labels[(labels < 0) | (labels >= classes)]
    if outside.size:
        raise LeafDatasetError(
            "labels",
            f"hold {int(outside[0])} for {classes} classes",
            f"labels are in [0, {classes})",
        )
