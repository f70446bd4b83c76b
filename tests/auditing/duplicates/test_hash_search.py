from __future__ import annotations

import numpy as np
import pytest

from transferleaf.auditing.duplicates import hash_search
from transferleaf.auditing.duplicates.hash_search import close_hashes


def clustered(count, seed=0):
    """Hashes in clusters of which each is a few bits away from its centre."""
    rng = np.random.default_rng(seed)
    centres = rng.integers(0, 2**64, size=count // 8 + 1, dtype=np.uint64)
    hashes = centres[rng.integers(0, len(centres), count)]
    for _ in range(4):
        hashes ^= rng.integers(0, 2, count, dtype=np.uint64) << rng.integers(
            0, 64, count, dtype=np.uint64
        )
    return hashes


def by_comparing_all(first, second, distance):
    return {
        (i, j)
        for j, other in enumerate(second)
        for i, one in enumerate(first[:j])
        if bin(int(one) ^ int(other)).count("1") <= distance
    }


def found(first, second, distance):
    pieces = close_hashes(first, second, distance=distance)
    return {tuple(map(int, pair)) for piece in pieces for pair in zip(*piece, strict=True)}


@pytest.mark.parametrize(
    ("distance", "least"), [(0, 4), (3, 100), (4, 200), (7, 400), (8, 400), (11, 400)]
)
def test_all_pairs_within_the_distance_are_found_and_no_other(distance, least):
    first = clustered(200)
    second = first.copy()
    second[::5] ^= np.uint64(1)

    pairs = found(first, second, distance)

    assert pairs == by_comparing_all(first, second, distance)
    assert len(pairs) >= least


@pytest.mark.parametrize("distance", [0, 3, 7, 11])
def test_each_pair_comes_once(distance):
    hashes = np.repeat(clustered(40), 2)

    pieces = close_hashes(hashes, hashes, distance=distance)

    pairs = [pair for piece in pieces for pair in zip(*piece, strict=True)]
    assert len(pairs) == len(set(pairs)) > 0


@pytest.mark.parametrize("held", [1, 7, 10_000])
def test_how_many_are_held_at_a_time_does_not_matter(monkeypatch, held):
    monkeypatch.setattr(hash_search, "_CANDIDATES", held)
    hashes = np.repeat(clustered(10), 4)

    assert found(hashes, hashes, 3) == by_comparing_all(hashes, hashes, 3)


@pytest.mark.parametrize("count", [0, 1])
def test_without_two_hashes_there_is_no_pair(count):
    assert found(clustered(count), clustered(count), 7) == set()
