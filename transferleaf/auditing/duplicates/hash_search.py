"""Search for pairs of hashes that differ in few bits, without comparing all pairs.

Hashes of 64 bits are divided into four bands. Two hashes that differ in at most 7 bits differ in at
most one bit in one of the bands, so only 17 buckets per band are searched (multi-index hashing).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from transferleaf.auditing.duplicates.turns import Hashes

Positions: TypeAlias = NDArray[np.intp]

BANDS = 4
_BAND_BITS = 16
_BUCKETS = 1 << _BAND_BITS
# Number of set bits in each 16-bit number. `np.bitwise_count` needs NumPy 2.
_BITS_SET = np.unpackbits(np.arange(_BUCKETS, dtype=np.uint16).view(np.uint8)).reshape(-1, 16)
_BITS_SET = _BITS_SET.sum(axis=1, dtype=np.uint8)
# Maximum number of candidates in memory, about 50 MB.
_CANDIDATES = 1_000_000


def close_hashes(
    first: Hashes, second: Hashes, *, distance: int
) -> Iterator[tuple[Positions, Positions]]:
    """Find the positions ``i < j`` where ``first[i]`` and ``second[j]`` differ in few bits.

    Args:
        first: Shape ``(n,)``, ``uint64``.
        second: Shape ``(n,)``, ``uint64``.
        distance: Maximum number of differing bits. Time increases steeply at 8 and at 12.

    Returns:
        Blocks of ``i`` and ``j``, each of shape ``(m,)``, with each pair once.

    Source:
        Norouzi, Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index Hashing" (2012).
    """
    most = distance // BANDS
    changes = _changes(most)
    for band in range(BANDS):
        buckets = _Buckets(band_of(first, band))
        asked = band_of(second, band)
        for change in changes:
            for i, j in buckets.members(asked ^ change):
                kept = (i < j) & (differing_bits(first[i], second[j]) <= distance)
                i, j = i[kept], j[kept]
                new = ~_meet_before(first[i], second[j], band, most)
                if new.any():
                    yield i[new], j[new]


def _meet_before(first: Hashes, second: Hashes, band: int, most: int) -> NDArray[np.bool_]:
    """Return which pairs were found in an earlier band, so that each pair is compared once."""
    met = np.zeros(len(first), dtype=np.bool_)
    for earlier in range(band):
        met |= _BITS_SET[band_of(first, earlier) ^ band_of(second, earlier)] <= most
    return met


class _Buckets:
    """Indices of photos by the value of one band."""

    def __init__(self, values: NDArray[np.int64]) -> None:
        self._order = np.argsort(values, kind="stable")
        self._starts = np.searchsorted(values[self._order], np.arange(_BUCKETS + 1))

    def members(self, asked: NDArray[np.int64]) -> Iterator[tuple[Positions, Positions]]:
        """Pair each index ``j`` with all ``i`` in the bucket ``asked[j]``."""
        starts = self._starts[asked]
        counts = self._starts[asked + 1] - starts
        ends = np.cumsum(counts)
        begin = 0
        while begin < len(asked):
            taken = ends[begin - 1] if begin else 0
            # At least one photo, whatever the size of its bucket.
            end = max(int(np.searchsorted(ends, taken + _CANDIDATES, "right")), begin + 1)
            j = np.repeat(np.arange(begin, end), counts[begin:end])
            within = (
                np.arange(len(j))
                + taken
                - np.repeat(ends[begin:end] - counts[begin:end], counts[begin:end])
            )
            yield self._order[starts[j] + within], j
            begin = end


def band_of(hashes: Hashes, band: int) -> NDArray[np.int64]:
    """Return one of the four bands of 16 bits of hashes; 0 is the lowest."""
    shifted: Hashes = hashes >> np.uint64(band * _BAND_BITS)
    return shifted.astype(np.uint16).astype(np.int64)


def _changes(most: int) -> list[int]:
    """Return all 16-bit numbers with at most this many bits set."""
    return [
        sum(1 << bit for bit in bits)
        for number in range(most + 1)
        for bits in combinations(range(_BAND_BITS), number)
    ]


def differing_bits(first: Hashes, second: Hashes) -> NDArray[np.uint8]:
    """Count the bits that differ between hashes, element by element.

    >>> differing_bits(np.uint64([0, 7]), np.uint64([0, 2])).tolist()
    [0, 2]
    """
    bands = (first ^ second).view(np.uint16).reshape(-1, BANDS)
    counts: NDArray[np.uint8] = _BITS_SET[bands].sum(axis=1, dtype=np.uint8)
    return counts
