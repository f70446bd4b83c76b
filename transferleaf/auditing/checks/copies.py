"""Checks on copies: equal files, and photos that look the same, in classes and parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from transferleaf.auditing.finding import Finding, Severity
from transferleaf.auditing.phrases import so_many
from transferleaf.auditing.subject import Subject

_LIKENESS = "likely: they look the same, some rotated or mirrored; check a few"


def find_copies(subject: Subject) -> Iterator[Finding]:
    """Find photos that occur more than once with the same label."""
    place = subject.part_numbers or [0] * len(subject.facts)
    # Earlier parts come first. `clean` keeps the last copy, so the test part does not change.
    plain = [
        sorted(group, key=place.__getitem__)
        for group in subject.copies
        if len(subject.labels_of(group)) == 1
    ]
    extra = sum(len(group) - 1 for group in plain)
    if plain:
        yield _about(
            subject,
            plain,
            check="exact-duplicates",
            title=f"{so_many(extra, 'photo', 'are')} identical to another",
            severity="warning",
            count=extra,
            advice="Keep one of each group, as --fix does: copies add no information.",
            sure="certain: SHA-256",
        )
    yield from _near_copies(subject)


def find_copies_under_two_labels(subject: Subject) -> Iterator[Finding]:
    """Find photos that occur with more than one label."""
    equal = [group for group in subject.copies if len(subject.labels_of(group)) > 1]
    if equal:
        number = sum(map(len, equal))
        yield _about(
            subject,
            equal,
            check="one-photo-two-labels",
            title=f"{so_many(number, 'photo', 'are')} the same file under different labels",
            severity="error",
            count=number,
            advice="At most one label is correct: check them, or leave out all, as --fix does.",
            sure="certain: SHA-256",
        )
    near = [
        group
        for group in subject.alike
        if len(subject.labels_of(group)) > 1 and len(_contents(subject, group)) > 1
    ]
    if near:
        number = sum(map(len, near))
        yield _about(
            subject,
            near,
            check="near-duplicates-two-labels",
            title=f"{so_many(number, 'photo', 'look')} the same under different labels",
            severity="warning",
            count=number,
            advice="Check each group: a label is wrong, or the photos only look similar.",
            sure=_LIKENESS,
        )


def find_copies_across_parts(subject: Subject) -> Iterator[Finding]:
    """Find photos of a later part, such as test, that look like one of an earlier part."""
    if not subject.data.parts:
        return
    place = subject.part_numbers
    across = [group for group in subject.alike if len({place[at] for at in group}) > 1]
    leaked = [at for group in across for at in group if place[at] > min(place[i] for i in group)]
    if leaked:
        later = sum(number > 0 for number in place)
        yield _about(
            subject,
            across,
            check="near-duplicates-across-parts",
            title=f"{so_many(len(leaked), 'photo', 'have')} a copy in an earlier part",
            severity="error",
            count=len(leaked),
            advice="Test results on them are too optimistic. Make a new split by leaf: "
            'open with leaves="near-duplicates", then pooled().split(0.8, 0.2).',
            sure=f"certain for equal files, else {_LIKENESS}",
            figures={"photos of later parts": later, "share": round(len(leaked) / later, 4)},
        )


def _near_copies(subject: Subject) -> Iterator[Finding]:
    near = [
        group
        for group in subject.alike
        if len(_contents(subject, group)) > 1 and _within_one(subject, group)
    ]
    apart = [group for group in near if not _one_known_leaf(subject, group)]
    together = [group for group in near if _one_known_leaf(subject, group)]
    if apart:
        number = sum(map(len, apart))
        yield _about(
            subject,
            apart,
            check="near-duplicates",
            title=f"{so_many(number, 'photo', 'look')} like another that is not known to be "
            "of the same leaf",
            severity="warning",
            count=number,
            advice="A split may put them into train and test: "
            'open the folder with leaves="near-duplicates".',
            sure=_LIKENESS,
        )
    if together:
        number = sum(map(len, together))
        yield _about(
            subject,
            together,
            check="near-duplicates-of-one-leaf",
            title=f"{so_many(number, 'photo', 'look')} like another of the same leaf",
            severity="note",
            count=number,
            advice="None if you split by leaf: they stay together.",
            sure=_LIKENESS,
        )


def _within_one(subject: Subject, group: Sequence[int]) -> bool:
    """Return whether a group has one label and one part. The others are separate findings."""
    parts = {subject.data.parts[at] for at in group} if subject.data.parts else set()
    return len(subject.labels_of(group)) == 1 and len(parts) <= 1


def _contents(subject: Subject, group: Iterable[int]) -> set[str | None]:
    return {subject.facts[at].sha256 for at in group}


def _one_known_leaf(subject: Subject, group: Iterable[int]) -> bool:
    leaves = {subject.data.leaves[at] for at in group}
    return len(leaves) == 1 and None not in leaves


def _about(
    subject: Subject,
    groups: Sequence[Sequence[int]],
    *,
    check: str,
    title: str,
    severity: Severity,
    count: int,
    advice: str,
    sure: str,
    figures: dict[str, float] | None = None,
) -> Finding:
    named = subject.named_groups(groups)
    return Finding(
        check=check,
        title=title,
        severity=severity,
        count=count,
        photos=tuple(name for group in named for name in group),
        groups=named,
        advice=advice,
        sure=sure,
        figures={"groups": len(groups), **(figures or {})},
    )
