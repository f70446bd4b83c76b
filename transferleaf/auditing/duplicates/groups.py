"""Groups of photos that look like the first photo of the group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from transferleaf.auditing.duplicates.pairs import (
    DEFAULT_DISTANCE,
    DuplicatePair,
    near_duplicate_pairs,
)
from transferleaf.auditing.duplicates.stand_ins import SAME_LIKENESS
from transferleaf.auditing.duplicates.turns import Turn
from transferleaf.auditing.facts.photo_facts import PhotoFacts


def near_duplicate_groups(
    facts: Sequence[PhotoFacts], *, distance: int = DEFAULT_DISTANCE
) -> list[tuple[int, ...]]:
    """Group photos that look the same, including rotated and mirrored photos and exact copies.

    Args:
        facts: Facts of each photo.
        distance: As for ``near_duplicate_pairs``.

    Returns:
        Positions of the photos of each group, in order; groups of two or more, by their first.

    Raises:
        ConfigError: ``distance`` is out of range.
    """
    return grouped(near_duplicate_pairs(facts, distance=distance))


def grouped(pairs: Iterable[DuplicatePair]) -> list[tuple[int, ...]]:
    """Group the photos of pairs. Each photo is in one group at most.

    A photo joins the first group whose first photo it is paired with, directly or through one other
    photo. Longer chains are not followed, because they connect photos that are not similar.

    Args:
        pairs: From ``near_duplicate_pairs``.

    Returns:
        Positions of the photos of each group, in order; groups of two or more, by their first.
    """
    leader: dict[int, int] = {}
    followers: set[int] = set()
    # Sorted by the later photo, so that the group of the earlier photo is already known.
    for pair in sorted(pairs, key=lambda pair: (pair.second, pair.first)):
        if pair.second in leader:
            continue
        if pair.first not in leader:
            leader[pair.second] = pair.first
        elif _looks_the_same(pair) and pair.first not in followers:
            leader[pair.second] = leader[pair.first]
            followers.add(pair.second)
    groups: dict[int, list[int]] = {}
    for member, head in leader.items():
        groups.setdefault(head, [head]).append(member)
    return [tuple(groups[head]) for head in sorted(groups)]


def _looks_the_same(pair: DuplicatePair) -> bool:
    return pair.turn is Turn.NONE and pair.likeness >= SAME_LIKENESS
