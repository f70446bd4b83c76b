"""Leaf ids from near-duplicates: photos that look the same get the same leaf."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def leaves_by_likeness(
    paths: Sequence[Path], names: Sequence[str], leaves: Sequence[str | None]
) -> tuple[str | None, ...]:
    """Set unknown leaf ids by near-duplicate photos.

    If any leaf is unknown, all photos are read, because its photo may look like any other.

    Args:
        paths: The photo files. An unreadable photo is not similar to any other.
        names: Unique names of the photos.
        leaves: The leaf of each photo, or ``None`` where unknown.

    Returns:
        The leaves. An unknown leaf becomes the first known leaf of the group of similar photos, or
        a new leaf if none is known. It stays ``None`` if no other photo is similar.
    """
    if None not in leaves:
        return tuple(leaves)
    from transferleaf.auditing.duplicates import near_duplicate_groups
    from transferleaf.auditing.facts import photo_facts

    told = list(leaves)
    for group in near_duplicate_groups(photo_facts(paths)):
        known = [leaves[photo] for photo in group if leaves[photo] is not None]
        leaf = known[0] if known else f"looks like {names[group[0]]}"
        for photo in group:
            if leaves[photo] is None:
                told[photo] = leaf
    return tuple(told)
