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
"""Maximum number of differing bits, of 63. For 95 % of the photos that were saved again, halved,
rotated or brightened, at most 3 bits differ. From 8 bits on, the search takes five times as
long."""

LEAST_LIKENESS = 0.96
"""Minimum correlation of the thumbnails of photos that look the same. It is above 0.99 for 99 % of
the photos that were saved again, 0.9 to 0.97 for two shots of one leaf, and up to 0.95 for
different leaves of the same shape on the same paper."""


MOST_PARTNERS = 16
"""Maximum number of earlier photos that a photo is paired with. This limits the number of pairs in
large groups of similar photos."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatePair:
    """Two photos that look the same.

    Attributes:
        first: Index of one photo.
        second: Index of the other photo, larger than ``first``.
        distance: Number of differing bits of the perceptual hash, at least 0.
        turn: Transformation from the first photo to the second.
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

    Copies, and photos that look the same without rotation, are only paired with the first of them:
    a hundred copies make 99 pairs. A photo is paired with at most 16 earlier photos that look
    similar, as in a series from a fixed camera. Broken files are left out. Blank photos are
    duplicates only if their bytes are the same.

    Args:
        facts: Facts of each photo.
        distance: Maximum number of differing bits of the perceptual hash, from 0 to 15. Larger
            values also find cropped photos (a crop of 5 % differs by 5 bits on average) and take
            longer.

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
    """Yield candidates in blocks, so that the number of partners per photo stays near the maximum.

    Args:
        first: Indices of the earlier photos.
        second: Index of the later photo of each pair.
        partners: Number of partners of each photo, updated by the caller between blocks.
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
        Each pair, and the index of its second photo in ``looks``.
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
