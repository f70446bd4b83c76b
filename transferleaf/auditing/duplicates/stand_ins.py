"""One representative for photos that look the same, so that many copies cost little.

A thousand frames of one scene have half a million pairs, and each would be looked for under eight
turns. One frame that stands for the others has none.
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
"""Correlation of thumbnails from which one photo stands for the other. No two of 4,114 real photos
came near it; nearly all photos that were saved anew or brightened go beyond."""

_SAME_DISTANCE = 3


def stand_ins(looks: Looks, *, distance: int) -> Positions:
    """Find an earlier photo that looks the same, without rotation, or the photo itself.

    Args:
        looks: How photos look.
        distance: Bits of the hash that may differ; more than 3 count as 3.

    Returns:
        Positions within ``looks``, shape ``(n,)``; a photo that stands for others stands for
        itself.
    """
    most = min(distance, _SAME_DISTANCE)
    earlier = np.arange(len(looks.photos))
    left = earlier.copy()
    # Hashes that differ in 3 bits agree in a band. Those that meet nobody in one meet in another.
    for band in range(BANDS):
        _, first, bucket = np.unique(
            band_of(looks.hashes[left], band), return_index=True, return_inverse=True
        )
        met = left[first[bucket]]
        alike = _alike(looks, met, left, most)
        earlier[left[alike]] = met[alike]
        left = left[~alike]
    for _ in range(BANDS):  # who stands for one may have been stood in for later
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
