"""The classes of test photos, brought to those of a classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import ClassMismatchError, ConfigError
from transferleaf.wording import first_few

UNKNOWN = -1
"""The number of a class that the classifier does not know."""

LabelMap = Mapping[str, str | None]


def check_label_map(
    label_map: LabelMap, every: Sequence[LeafDataset], classes: Sequence[str]
) -> None:
    """Refuse a label map that names classes which nobody has.

    Args:
        label_map: By a class of the photos, that of the classifier; ``None`` where it has none.
        every: All sets of test photos.
        classes: The classifier's classes.

    Raises:
        ConfigError: A key is no class of the photos, or a value none of the classifier.
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
    """Give each photo the number that its class has in the classifier.

    Args:
        data: The photos.
        classes: The classifier's classes.
        label_map: As for ``check_label_map``; a class that it does not name keeps its name.
        name: What the photos are called in an error.

    Returns:
        Class numbers, shape ``(n_photos,)``; ``UNKNOWN`` where the classifier has no such class.

    Raises:
        ClassMismatchError: It knows none of the photos' classes.
    """
    position = {known: number for number, known in enumerate(classes)}
    renamed = [(label_map or {}).get(theirs, theirs) for theirs in data.classes]
    numbers = np.array([UNKNOWN if new is None else position.get(new, UNKNOWN) for new in renamed])
    labels: NDArray[np.int64] = numbers[data.labels].astype(np.int64)
    if not (labels != UNKNOWN).any():
        shown = [theirs for theirs, count in data.class_counts().items() if count]
        raise ClassMismatchError(name, missing=classes, unknown=shown, some_in_common=False)
    return labels
