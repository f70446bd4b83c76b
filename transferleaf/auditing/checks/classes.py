"""Checks on classes: how many photos and leaves each has, and whether each is in every part."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from transferleaf.auditing.finding import Finding
from transferleaf.auditing.phrases import so_many_classes
from transferleaf.auditing.subject import Subject
from transferleaf.datasets.layouts.part_folders import in_usual_order
from transferleaf.text.wording import counted

# With fewer leaves, a test part of 20 % holds at most one leaf.
FEW_PHOTOS = 10
FEW_LEAVES = 5
# Ratio of the largest to the smallest class. There is no agreed limit. At 10, a classifier that
# never predicts the small class loses less than 10 % of its accuracy on the two classes.
NOTED_IMBALANCE = 3
HIGH_IMBALANCE = 10


def find_small_classes(subject: Subject) -> Iterator[Finding]:
    """Find classes that cannot be split, and classes with few photos."""
    photos = subject.data.class_counts()
    leaves = _leaves_by_class(subject)
    alone = [name for name in photos if leaves[name] < 2]
    if alone and not subject.data.parts:
        yield Finding(
            check="classes-of-one-leaf",
            title=f"{so_many_classes(len(alone), 'have')} only one leaf, so none for the test",
            severity="error",
            count=len(alone),
            classes=tuple(alone),
            notes={name: counted(photos[name], "photo") for name in alone},
            advice="Add photos of other leaves, or leave these classes out.",
            sure="certain: counted; a photo without a leaf id counts as one leaf",
        )
    small = [
        name
        for name in sorted(photos, key=lambda name: photos[name])
        if name not in alone and (photos[name] < FEW_PHOTOS or leaves[name] < FEW_LEAVES)
    ]
    if small:
        yield Finding(
            check="small-classes",
            title=f"{so_many_classes(len(small), 'have')} fewer than {FEW_PHOTOS} photos "
            f"or {FEW_LEAVES} leaves",
            severity="warning",
            count=len(small),
            classes=tuple(small),
            notes={
                name: f"{counted(photos[name], 'photo')} of {leaves[name]} leaves" for name in small
            },
            advice="Add photos; the results for these classes will be unreliable.",
            sure="certain: counted; a photo without a leaf id counts as one leaf",
        )


def find_imbalance(subject: Subject) -> Iterator[Finding]:
    """Find out whether some classes have many times as many photos as others."""
    counts = {name: count for name, count in subject.data.class_counts().items() if count}
    if len(counts) < 2:
        return
    smallest, largest = min(counts, key=counts.__getitem__), max(counts, key=counts.__getitem__)
    ratio = counts[largest] / counts[smallest]
    if ratio < NOTED_IMBALANCE:
        return
    median = float(np.median(list(counts.values())))
    rare = [name for name in sorted(counts, key=counts.__getitem__) if counts[name] < median / 2]
    yield Finding(
        check="imbalance",
        title=f"the largest class has {ratio:.0f} times the photos of the smallest",
        severity="warning" if ratio >= HIGH_IMBALANCE else "note",
        count=max(len(rare), 1),
        classes=tuple(rare) or (smallest,),
        notes={name: counted(counts[name], "photo") for name in (*rare, smallest, largest)},
        advice='Judge by macro F1 and fit with class_weight="balanced", or add photos.',
        sure="certain: counted",
        figures={"ratio": round(ratio, 2), "largest": largest, "smallest": smallest},
    )


def find_classes_missing_from_parts(subject: Subject) -> Iterator[Finding]:
    """Find classes that are missing in a part."""
    data = subject.data
    parts = in_usual_order(data.parts)
    of_photo = np.asarray(data.parts)
    missing: dict[str, list[str]] = {}
    for part in parts:
        there = set(data.labels[of_photo == part].tolist())
        for label, name in enumerate(data.classes):
            if label not in there:
                missing.setdefault(name, []).append(part)
    if missing:
        yield Finding(
            check="classes-missing-from-parts",
            title=f"{so_many_classes(len(missing), 'have')} no photo in some part",
            severity="warning",
            count=len(missing),
            classes=tuple(missing),
            notes={name: f"none in {', '.join(lacking)}" for name, lacking in missing.items()},
            advice="A class must be in every part to be trained and tested; make a new split.",
            sure="certain: counted",
        )


def _leaves_by_class(subject: Subject) -> dict[str, int]:
    """Return the number of leaves per class. A photo of an unknown leaf counts as a leaf."""
    known: dict[int, set[str | int]] = {label: set() for label in range(len(subject.data.classes))}
    for at, (label, leaf) in enumerate(
        zip(subject.data.labels.tolist(), subject.data.leaves, strict=True)
    ):
        known[label].add(at if leaf is None else leaf)
    return {name: len(known[label]) for label, name in enumerate(subject.data.classes)}
