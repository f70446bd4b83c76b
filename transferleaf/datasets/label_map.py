"""Rename the classes of data sets, and join data sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from transferleaf.datasets.class_names import in_class_order
from transferleaf.datasets.layouts.photo_finder import spelled_out
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import ClassMismatchError, ConfigError, LeafDatasetError
from transferleaf.text.wording import counted, first_few

_JOINED = "joined: "


def relabel(
    data: LeafDataset,
    label_map: Mapping[str, str | None],
    *,
    classes: Sequence[str] | None = None,
) -> LeafDataset:
    """Rename the classes of a data set. Several classes may get the same name.

    Args:
        data: The photos.
        label_map: A dictionary from each class of ``data`` to its new name, or to ``None`` to leave
            out its photos.
        classes: The classes of the result, in order, such as those of a classifier. Some may have
            no photos. Default: the new names, sorted.

    Raises:
        ConfigError: ``label_map`` does not contain a class that has photos, contains a class that
            ``data`` does not have, or leaves out all classes; or ``classes`` does not contain a new
            name.

    >>> from transferleaf.datasets import LeafDataset
    >>> data = LeafDataset(paths=("1.jpg", "2.jpg"), labels=[0, 1], classes=("rust leaf", "leaf"),
    ...                    leaves=(None, None), origin="here", names=("1.jpg", "2.jpg"))
    >>> relabel(data, {"rust leaf": "Mint___rust", "leaf": None}).class_counts()
    {'Mint___rust': 1}
    """
    _check_label_map(data, label_map)
    _check_something_is_kept(label_map)
    new_names = {name for name in label_map.values() if name is not None}
    known = in_class_order(new_names) if classes is None else tuple(classes)
    if not new_names <= set(known):
        lacking = first_few(sorted(new_names - set(known)))
        raise ConfigError("classes", known, f"contain all new names; missing: {lacking}")
    position = {name: label for label, name in enumerate(known)}
    named = [label_map.get(data.classes[label]) for label in data.labels]
    kept = [index for index, name in enumerate(named) if name is not None]
    labels = np.array([position[name] for name in named if name is not None], dtype=np.int64)
    left_out = f", {counted(len(data) - len(kept), 'photo')} left out"
    return replace(
        data.subset(kept),
        labels=labels,
        classes=known,
        origin=f"{data.origin}; relabelled{left_out if len(kept) < len(data) else ''}",
    )


def join(first: LeafDataset, second: LeafDataset, *others: LeafDataset) -> LeafDataset:
    """Join data sets with the same classes.

    Names and leaf ids get the number of their data set as a prefix, such as ``1/``, so they stay
    unique. A manifest of the result needs a folder that contains the roots of the data sets, or
    links to them, with these numbers as names.

    Args:
        first: A data set. The result has its classes in its order.
        second: A data set with the same classes in any order.
        *others: Further data sets.

    Raises:
        ClassMismatchError: The classes differ; use ``relabel`` first.
        LeafDatasetError: A photo is in two data sets, or only some have parts.
    """
    every = (first, second, *others)
    _check_joinable(every)
    labels = [
        np.array([first.classes.index(name) for name in data.classes])[data.labels]
        for data in every
    ]
    numbered = list(enumerate(every, start=1))
    return LeafDataset(
        paths=tuple(path for data in every for path in data.paths),
        labels=np.concatenate(labels),
        classes=first.classes,
        leaves=tuple(
            None if leaf is None else f"{number}/{leaf}"
            for number, data in numbered
            for leaf in data.leaves
        ),
        origin=_JOINED + ", ".join(f"{number}/ {data.origin}" for number, data in numbered),
        names=tuple(f"{number}/{name}" for number, data in numbered for name in data.names),
        parts=tuple(part for data in every for part in data.parts),
        ignored=tuple(dict.fromkeys(path for data in every for path in data.ignored)),
    )


def is_joined(data: LeafDataset) -> bool:
    """Return whether ``join`` has created a data set."""
    return data.origin.startswith(_JOINED)


def _check_label_map(data: LeafDataset, label_map: Mapping[str, str | None]) -> None:
    unknown = sorted(set(label_map) - set(data.classes))
    if unknown:
        raise ConfigError(
            "label_map",
            unknown,
            f"contain only classes of the data set: {first_few(data.classes, limit=50)}",
        )
    lacking = [
        name for name, count in data.class_counts().items() if count and name not in label_map
    ]
    if lacking:
        raise ConfigError(
            "label_map",
            dict(label_map),
            f"contain every class of the data set; missing: {first_few(lacking, limit=50)}",
        )


def _check_something_is_kept(label_map: Mapping[str, str | None]) -> None:
    if label_map and not any(name is not None for name in label_map.values()):
        # match_classes proposes this if it found no matches.
        raise ConfigError("label_map", dict(label_map), "keep at least one class")


def _check_joinable(every: Sequence[LeafDataset]) -> None:
    for number, data in enumerate(every, start=1):
        missing = sorted(set(every[0].classes) - set(data.classes))
        unknown = sorted(set(data.classes) - set(every[0].classes))
        if missing or unknown:
            raise ClassMismatchError(
                f"data set {number}", missing=missing, unknown=unknown, than="data set 1"
            )
    named = [{spelled_out(path): path for path in data.paths} for data in every]
    photos = Counter(spelled for names in named for spelled in names)
    names = {spelled: path for each in reversed(named) for spelled, path in each.items()}
    twice = [str(names[spelled]) for spelled, count in photos.items() if count > 1]
    if twice:
        raise LeafDatasetError(
            "photos",
            f"come from two data sets: {first_few(twice)}",
            "join data sets without common photos",
        )
    with_parts = [number for number, data in enumerate(every, start=1) if data.parts]
    if with_parts and len(with_parts) < len(every):
        raise LeafDatasetError(
            "parts", f"only data sets {with_parts} of those joined bring", "pooled() removes parts"
        )
