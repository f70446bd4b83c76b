"""Checks on leaves: whether they are known, and whether a leaf is in several parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from transferleaf.auditing.finding import Finding
from transferleaf.auditing.phrases import so_many
from transferleaf.auditing.subject import Subject
from transferleaf.text.wording import counted

# Share of test photos in the hypothetical split by photo.
_TEST = 0.2


def find_leaves_across_parts(subject: Subject) -> Iterator[Finding]:
    """Find photos of a later part that show a leaf of an earlier one."""
    data = subject.data
    if not data.parts:
        return
    place = subject.part_numbers
    first: dict[str, int] = {}
    for leaf, part in zip(data.leaves, place, strict=True):
        if leaf is not None:
            first[leaf] = min(part, first.get(leaf, part))
    leaked = [
        at for at, leaf in enumerate(data.leaves) if leaf is not None and place[at] > first[leaf]
    ]
    if leaked:
        later = sum(part > 0 for part in place)
        yield Finding(
            check="leaves-across-parts",
            title=f"{so_many(len(leaked), 'photo', 'show')} a leaf of an earlier part",
            severity="error",
            count=len(leaked),
            photos=subject.names(leaked),
            advice="Test results on them are too optimistic. Make a new split by leaf: "
            "data.pooled().split(0.8, 0.2).",
            sure="as reliable as the leaf ids",
            figures={"photos of later parts": later, "share": round(len(leaked) / later, 4)},
        )


def find_unknown_leaves(subject: Subject) -> Iterator[Finding]:
    """Find photos with unknown leaves. A split may separate photos of such a leaf."""
    unknown = [at for at, leaf in enumerate(subject.data.leaves) if leaf is None]
    if unknown:
        yield Finding(
            check="unknown-leaves",
            title=f"the leaf of {counted(len(unknown), 'photo')} is unknown",
            severity="note",
            count=len(unknown),
            photos=subject.names(unknown),
            advice="A split may put photos of one leaf into train and test. Pass a leaf map, or "
            'leaves="near-duplicates" to group those that look alike.',
            sure="it is not known which photos show the same leaf",
        )


def find_naive_leak(subject: Subject) -> Iterator[Finding]:
    """Report how many test photos would show a trained leaf after a split by photo."""
    sizes = Counter(leaf for leaf in subject.data.leaves if leaf is not None)
    shared = sum(size for size in sizes.values() if size > 1)
    if shared and why_no_naive_leak(subject) is None:
        share = naive_leak(sizes)
        yield Finding(
            check="naive-split-leaks",
            title=f"in a split by photo, {share:.0%} of the test photos would show a training leaf",
            severity="note",
            count=shared,
            advice="Split by leaf, as data.split(0.8, 0.2) does.",
            sure=f"expected for a random split, {1 - _TEST:.0%} to {_TEST:.0%}",
            figures={"leaves": len(sizes), "share": round(share, 4)},
        )


def why_no_naive_leak(subject: Subject) -> str | None:
    """Return why a split by photo needs no finding; ``None`` if it does."""
    if subject.data.parts:
        return "the data set is split already"
    return None if subject.data.n_leaves else "no leaf is known"


def naive_leak(sizes: Mapping[str, int]) -> float:
    """Return the share of test photos that show a trained leaf after a split by photo.

    Args:
        sizes: Number of photos by leaf.

    Returns:
        The expected share, in [0, 1]. A test photo leaks unless all other photos of its leaf are
        test photos too.

    >>> round(naive_leak({"a": 1, "b": 1, "c": 2}), 3)
    0.4
    """
    leaking = sum(size * (1 - _TEST ** (size - 1)) for size in sizes.values())
    return leaking / sum(sizes.values())
