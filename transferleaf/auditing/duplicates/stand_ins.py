"""One representative for photos that look the same, which makes many copies fast to process.

A thousand frames of one scene have half a million pairs, each in eight orientations. With one frame
as the representative, there are no pairs to search.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transferleaf.auditing.duplicates.hash_search import (
    BANDS,
    Positions,
    band_of,
    differing_bits,
)
from transferleaf.auditing.duplicates.likeness import likeness
from transferleaf.auditing.duplicates.looks import Looks

SAME_LIKENESS = 0.98
"""Minimum correlation of thumbnails for a representative. All pairs among 4,114 real photos are
well below; nearly all photos that were saved again or brightened are above."""

_SAME_DISTANCE = 3


def stand_ins(looks: Looks, *, distance: int) -> Positions:
    """Find an earlier photo that looks the same, without rotation, or the photo itself.

    Args:
        looks: Hashes and thumbnails.
        distance: Maximum number of differing bits of the hash. Values above 3 count as 3.

    Returns:
        Indices in ``looks``, shape ``(n,)``. The representative of a representative is itself.
    """
    most = min(distance, _SAME_DISTANCE)
    earlier = np.arange(len(looks.photos))
    left = earlier.copy()
    # Hashes that differ in at most 3 bits are equal in at least one of the four bands.
    for band in range(BANDS):
        _, first, bucket = np.unique(
            band_of(looks.hashes[left], band), return_index=True, return_inverse=True
        )
        met = left[first[bucket]]
        alike = _alike(looks, met, left, most)
        earlier[left[alike]] = met[alike]
        left = left[~alike]
    for _ in range(BANDS):  # a representative may have got a representative itself later
        earlier = earlier[earlier]
    own = np.arange(len(earlier))
    return np.where(_alike(looks, earlier, own, distance), earlier, own)


def _alike(looks: Looks, first: Positions, second: Positions, distance: int) -> NDArray[np.bool_]:
    """Return which pairs of photos look the same, by hash and by thumbnail."""
    close = differing_bits(looks.hashes[first], looks.hashes[second]) <= distance
    alike = np.flatnonzero(close & (first != second))
    likenesses = likeness(looks.thumbnails[first[alike]], looks.thumbnails[second[alike]])
    same = np.zeros(len(second), dtype=np.bool_)
    same[alike[likenesses >= SAME_LIKENESS]] = True
    return same
