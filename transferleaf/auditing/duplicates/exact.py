"""Photo files with the same bytes."""

from __future__ import annotations

from collections.abc import Sequence

from transferleaf.auditing.facts.photo_facts import PhotoFacts


def exact_duplicate_groups(facts: Sequence[PhotoFacts]) -> list[tuple[int, ...]]:
    """Group photos whose files are the same, byte by byte.

    Files with the same pixels but other bytes, for example another comment or compression, are near
    duplicates. Broken files are left out, because equal empty files are not copies of a photo.

    Args:
        facts: Facts of each photo.

    Returns:
        Indices of the photos of each group of two or more, in ascending order, as are the groups.

    >>> exact_duplicate_groups([PhotoFacts(sha256=digest, nbytes=1) for digest in "abcba"])
    [(0, 4), (1, 3)]
    """
    groups: dict[str, list[int]] = {}
    for position, each in enumerate(facts):
        if each.error is None and each.sha256 is not None:
            groups.setdefault(each.sha256, []).append(position)
    return [tuple(group) for group in groups.values() if len(group) > 1]
