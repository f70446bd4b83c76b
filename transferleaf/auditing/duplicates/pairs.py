"""Pairs of photos that look the same: re-saved, resized, brightened, rotated or mirrored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from transferleaf.auditing.duplicates.exact import exact_duplicate_groups
from transferleaf.auditing.duplicates.hash_search import Positions, close_hashes, differing_bits
from transferleaf.auditing.duplicates.likeness import likeness
from transferleaf.auditing.duplicates.looks import Looks, looks_of
from transferleaf.auditing.duplicates.stand_ins import stand_ins
from transferleaf.auditing.duplicates.turns import Turn, turned_hashes, turned_thumbnails
from transferleaf.auditing.facts.photo_facts import PhotoFacts
from transferleaf.errors import ConfigError

DEFAULT_DISTANCE = 7
"""Bits of 63 that may differ. Photos that were saved anew, halved, turned or brightened differ by 3
or fewer, 95 in 100 of them; from 8 bits on the search takes five times as long."""

LEAST_LIKENESS = 0.96
"""Correlation of thumbnails from which two photos look the same. Saved anew, 99 in 100 reach 0.99;
two photos of one leaf, taken one after the other, 0.9 to 0.97; different leaves of one shape on
the same paper up to 0.95."""


MOST_PARTNERS = 16
"""Earlier photos with which one is paired. A crowd of photos that are nearly the same has as many
pairs as its size squared, and tells no more by them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatePair:
    """Two photos that look the same.

    Attributes:
        first: Position of one photo.
        second: Position of the other one, which comes later.
        distance: Bits of the perceptual hash that differ, at least 0.
        turn: What makes the first look as the second.
        likeness: Correlation of their thumbnails, at most 1.
    """

    first: int
    second: int
    distance: int
    turn: Turn
    likeness: float


def near_duplicate_pairs(
    facts: Sequence[PhotoFacts], *, distance: int = DEFAULT_DISTANCE
) -> list[DuplicatePair]:
    """Find pairs of photos that look the same, exact copies included.

    Photos with the same bytes, and those that look the same without being turned, are paired with
    the first of them only: a hundred copies make 99 pairs. Of more than 16 earlier photos that look
    nearly so, as in a series from one fixed camera, a photo is paired with 16. Broken files are
    left out, and blank photos are duplicates only where their bytes are the same.

    Args:
        facts: Of each photo.
        distance: Bits of the perceptual hash that may differ, from 0 to 15. More find photos that
            were cut (a crop of 5 % differs by 5 on average) and take longer.

    Returns:
        The pairs, by their second photo, then their first.

    Raises:
        ConfigError: ``distance`` is out of range.
    """
    if not 0 <= distance <= 15:
        raise ConfigError("distance", distance, "be from 0 to 15")
    copies = [
        DuplicatePair(first=first, second=copy, distance=0, turn=Turn.NONE, likeness=1.0)
        for first, *others in exact_duplicate_groups(facts)
        for copy in others
    ]
    looks = looks_of(facts, without={pair.second for pair in copies})
    standing = stand_ins(looks, distance=distance)
    stood_for = standing != np.arange(len(standing))
    second = np.flatnonzero(stood_for)
    same = [pair for pair, _ in _verified(looks, standing[second], second, Turn.NONE)]
    pairs = [*copies, *same, *_close_pairs(looks.chosen(~stood_for), distance)]
    return sorted(pairs, key=lambda pair: (pair.second, pair.first))


def _close_pairs(looks: Looks, distance: int) -> list[DuplicatePair]:
    """Pair photos with similar hashes, with the rotation that makes them most similar."""
    best: dict[tuple[int, int], DuplicatePair] = {}
    partners = np.zeros(len(looks.photos), np.int64)
    for turn in Turn:
        turned = turned_hashes(looks.hashes, turn)
        for first, second in close_hashes(turned, looks.hashes, distance=distance):
            for one, other in _a_few_at_a_time(first, second, partners):
                for pair, at in _verified(looks, one, other, turn):
                    known = best.setdefault((pair.first, pair.second), pair)
                    partners[at] += known is pair
                    if pair.likeness > known.likeness:
                        best[pair.first, pair.second] = pair
    return list(best.values())


def _a_few_at_a_time(
    first: Positions, second: Positions, partners: Positions
) -> Iterator[tuple[Positions, Positions]]:
    """Yield candidates, so that no photo has many more partners than allowed.

    Args:
        first: Candidates.
        second: For each, the later photo.
        partners: How many partners each photo has; the caller counts on between the pieces.
    """
    order = np.lexsort((first, second))
    first, second = first[order], second[order]
    starts = np.searchsorted(second, second)
    rounds = (np.arange(len(second)) - starts) // MOST_PARTNERS
    for number in range(int(rounds.max(initial=-1)) + 1):
        wanting = (rounds == number) & (partners[second] < MOST_PARTNERS)
        if wanting.any():
            yield first[wanting], second[wanting]


def _verified(
    looks: Looks, first: Positions, second: Positions, turn: Turn
) -> Iterator[tuple[DuplicatePair, int]]:
    """Keep the pairs whose thumbnails agree after the first photo is rotated.

    Returns:
        Each pair, and the position of its second photo within ``looks``.
    """
    thumbnails = turned_thumbnails(looks.thumbnails[first], turn)
    likenesses = likeness(thumbnails, looks.thumbnails[second])
    distances = differing_bits(turned_hashes(looks.hashes[first], turn), looks.hashes[second])
    for at in np.flatnonzero(likenesses >= LEAST_LIKENESS):
        pair = DuplicatePair(
            first=int(looks.photos[first[at]]),
            second=int(looks.photos[second[at]]),
            distance=int(distances[at]),
            turn=turn,
            likeness=float(likenesses[at]),
        )
        yield pair, int(second[at])
