"""Mapping of the classes of test photos to those of a classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import ClassMismatchError, ConfigError
from transferleaf.text.wording import first_few

UNKNOWN = -1
"""The index of a class that the classifier does not have."""

LabelMap = Mapping[str, str | None]


def check_label_map(
    label_map: LabelMap, every: Sequence[LeafDataset], classes: Sequence[str]
) -> None:
    """Refuse a label map with unknown classes.

    Args:
        label_map: A dictionary from the classes of the photos to those of the classifier, or to
            ``None``.
        every: All sets of test photos.
        classes: The classes of the classifier.

    Raises:
        ConfigError: A key is not a class of the photos, or a value is not one of the classifier.
    """
    theirs = {name for data in every for name in data.classes}
    for named, known, whose in (
        (label_map.keys(), theirs, "the test photos"),
        ({name for name in label_map.values() if name is not None}, set(classes), "the classifier"),
    ):
        strangers = sorted(set(named) - known)
        if strangers:
            shown = first_few(sorted(known), limit=50)
            raise ConfigError("label_map", strangers, f"name classes of {whose}; those are {shown}")


def matched_labels(
    data: LeafDataset, classes: Sequence[str], label_map: LabelMap | None, *, name: str
) -> NDArray[np.int64]:
    """Return the class index of each photo in the classifier.

    Args:
        data: The photos.
        classes: The classes of the classifier.
        label_map: As for ``check_label_map``. Classes that are not in it keep their names.
        name: Name of the photos in errors.

    Returns:
        Class indices, shape ``(n_photos,)``. ``UNKNOWN`` if the classifier has no such class.

    Raises:
        ClassMismatchError: The classifier has none of the photos' classes.
    """
    position = {known: number for number, known in enumerate(classes)}
    renamed = [(label_map or {}).get(theirs, theirs) for theirs in data.classes]
    numbers = np.array([UNKNOWN if new is None else position.get(new, UNKNOWN) for new in renamed])
    labels: NDArray[np.int64] = numbers[data.labels].astype(np.int64)
    if not (labels != UNKNOWN).any():
        shown = [theirs for theirs, count in data.class_counts().items() if count]
        raise ClassMismatchError(name, missing=classes, unknown=shown, some_in_common=False)
    return labels
