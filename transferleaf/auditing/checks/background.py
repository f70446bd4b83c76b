"""The check whether the colours along the border predict the class."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from transferleaf.auditing.border_model import FOLDS, predict_from_border
from transferleaf.auditing.finding import Finding
from transferleaf.auditing.statistics import Indices, share_interval
from transferleaf.auditing.subject import Subject

# With fewer photos, the folds are too small.
_FEWEST_PHOTOS = 50
# More photos make the check slow, and the interval is narrow enough.
_MOST_PHOTOS = 20_000
# Above this, a classifier can rely on the border to a large extent.
_MUCH = 2.0


def find_background_bias(subject: Subject) -> Iterator[Finding]:
    """Find out whether a model of the border colours is better than chance."""
    if too_few_for_background(subject) is not None:
        return
    seen, groups = _sample(subject)
    classes, labels = np.unique(subject.data.labels[seen], return_inverse=True)
    border = b"".join(subject.facts[at].border or b"" for at in seen)
    colours = np.frombuffer(border, dtype=np.uint8).reshape(len(seen), -1, 3)
    right = predict_from_border(colours, labels.astype(np.int64), groups) == labels
    accuracy = float(right.mean())
    low, high = share_interval(right, groups)
    chance = float(np.bincount(labels).max() / len(labels))
    if low <= chance:
        return
    told = _told(right, labels.astype(np.int64), above=max(0.5, 1.5 * chance))
    names = [subject.data.classes[classes[label]] for label, _ in told]
    yield Finding(
        check="background-bias",
        title=f"the colours along the border alone predict the class of {accuracy:.0%} of the "
        f"photos, where chance is {chance:.1%}",
        severity="warning" if low >= _MUCH * chance else "note",
        count=len(seen),
        classes=tuple(names),
        notes={name: f"{share:.0%} right" for name, (_, share) in zip(names, told, strict=True)},
        advice="A network may learn the background instead of the leaf: test on photos taken "
        "elsewhere, or crop to the leaf. If leaves fill the photo, the border is leaf too.",
        sure=f"95% interval {low:.1%} to {high:.1%}, {FOLDS} folds by leaf, {len(seen):,} photos",
        figures={
            "accuracy": round(accuracy, 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "largest class": round(chance, 4),
            "one in so many classes": round(1 / len(classes), 4),
            "photos": len(seen),
        },
    )


def too_few_for_background(subject: Subject) -> str | None:
    """Return why the background cannot be checked; ``None`` if it can."""
    seen = subject.readable
    if len(seen) < _FEWEST_PHOTOS:
        return f"fewer than {_FEWEST_PHOTOS} photos can be read"
    if len(np.unique(subject.leaf_groups()[seen])) < FOLDS:
        return f"there are fewer than {FOLDS} different leaves"
    return None


def _sample(subject: Subject) -> tuple[Indices, Indices]:
    """Return the indices and leaves of readable photos; of many photos, those of random leaves."""
    seen = subject.readable
    groups = subject.leaf_groups()[seen]
    if len(seen) <= _MOST_PHOTOS:
        return seen, groups
    _, group_of = np.unique(groups, return_inverse=True)
    order = np.random.default_rng(0).permutation(int(group_of.max()) + 1)
    photos = np.cumsum(np.bincount(group_of)[order])
    chosen = np.isin(group_of, order[photos <= _MOST_PHOTOS])
    return seen[chosen], groups[chosen]


def _told(
    right: npt.NDArray[np.bool_], labels: Indices, *, above: float
) -> list[tuple[int, float]]:
    """Return the classes that the model predicts best, with their recall, in descending order."""
    shares = np.bincount(labels, weights=right) / np.bincount(labels)
    order = np.argsort(-shares, kind="stable")
    return [(int(label), float(shares[label])) for label in order if shares[label] >= above]
