"""Leaf ids from near-duplicates: photos that look the same get the same leaf."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def leaves_by_likeness(
    paths: Sequence[Path], names: Sequence[str], leaves: Sequence[str | None]
) -> tuple[str | None, ...]:
    """Set unknown leaf ids by near-duplicate photos.

    All photos are read if any leaf is unknown, as an unknown photo may look like a known one.

    Args:
        paths: Where the photos lie. Those that cannot be read look like none.
        names: What each photo is called, each once.
        leaves: The leaf of each photo, or ``None`` where unknown.

    Returns:
        The leaves. An unknown photo has the leaf of the first photo of its group whose leaf is
        known, or a new leaf where the group has none; it stays ``None`` where nothing looks like
        it.
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
