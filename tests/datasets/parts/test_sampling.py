"""Samples have as many photos of each class, and of as many leaves, as there are."""

from __future__ import annotations

import numpy as np
import pytest

from transferleaf.datasets.parts.sampling import Labelled, share_of_leaves, varied_sample


def photos_of(counts, *, photos_a_leaf=1):
    """As many photos of each class as ``counts`` says, in leaves of the same number of photos."""
    labels = np.repeat(np.arange(len(counts)), counts)
    leaves = tuple(
        f"{label}/{number // photos_a_leaf}"
        for label, count in enumerate(counts)
        for number in range(count)
    )
    return Labelled(labels=labels, leaves=leaves, classes=tuple("abcdef"[: len(counts)]))


@pytest.mark.parametrize(
    ("counts", "limit", "least", "expected"),
    [
        ((10, 10, 10), 12, 1, [4, 4, 4]),
        ((10, 10, 10), 99, 1, [10, 10, 10]),
        ((2, 10, 10), 12, 1, [2, 5, 5]),
        ((10, 10, 10), 3, 2, [2, 2, 2]),
        ((1, 10, 10), 3, 4, [1, 4, 4]),
        ((10, 0, 10), 6, 1, [3, 0, 3]),
    ],
    ids=["limited", "all", "a small class", "at least", "all of a small class", "an empty class"],
)
def test_each_class_gives_as_many_photos_as_any_other(counts, limit, least, expected):
    photos = photos_of(counts)

    rows = varied_sample(photos, limit=limit, least=least, seed=0)

    assert np.bincount(photos.labels[rows], minlength=len(counts)).tolist() == expected


def test_second_photos_of_a_leaf_come_after_the_first_of_all_others():
    photos = photos_of((12,), photos_a_leaf=4)

    rows = varied_sample(photos, limit=3, least=1, seed=0)

    assert {photos.leaves[row] for row in rows} == {"0/0", "0/1", "0/2"}


def test_positions_rise_and_come_once():
    rows = varied_sample(photos_of((10, 10)), limit=12, least=1, seed=0)

    np.testing.assert_array_equal(rows, np.unique(rows))


def test_a_smaller_sample_lies_in_the_larger():
    photos = photos_of((20, 20), photos_a_leaf=3)

    small, large = (varied_sample(photos, limit=n, least=1, seed=4) for n in (8, 20))

    assert set(small) < set(large)


def test_a_seed_repeats_itself():
    photos = photos_of((20, 20))

    first, again, other = (varied_sample(photos, limit=8, least=1, seed=n) for n in (1, 1, 2))

    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_photo_of_unknown_leaf_is_a_leaf_of_its_own():
    photos = Labelled(labels=np.zeros(4, int), leaves=("a", None, "a", None), classes=("x",))

    assert photos.numbered_leaves().tolist() == [0, 1, 0, 2]


def test_a_part_has_the_classes_of_the_whole():
    part = photos_of((2, 2, 2)).part(np.array([0, 5]))

    assert (part.labels.tolist(), part.leaves, part.classes) == (
        [0, 2],
        ("0/0", "2/1"),
        tuple("abc"),
    )


def test_a_share_of_the_leaves_has_all_their_photos():
    photos = photos_of((24, 24), photos_a_leaf=3)

    rows = share_of_leaves(photos, np.arange(48), 0.5, seed=0)

    counts = np.bincount(photos.numbered_leaves()[rows], minlength=16)
    assert sorted(counts.tolist()) == [0] * 8 + [3] * 8
    assert np.bincount(photos.labels[rows]).tolist() == [12, 12]


def test_a_smaller_share_of_the_leaves_is_part_of_a_larger_one():
    photos = photos_of((24, 24), photos_a_leaf=2)

    small, large = (share_of_leaves(photos, np.arange(48), share, 7) for share in (0.25, 0.75))

    assert set(small) < set(large)


def test_all_leaves_are_all_photos():
    rows = np.arange(12)

    np.testing.assert_array_equal(share_of_leaves(photos_of((6, 6)), rows, 1.0, 0), rows)


def test_without_a_leaf_of_some_class_there_is_no_share():
    assert share_of_leaves(photos_of((8, 1)), np.arange(9), 0.25, 0) is None


def test_a_leaf_of_two_classes_stays_whole():
    photos = Labelled(labels=np.array([0, 1, 0, 1]), leaves=tuple("aabb"), classes=("x", "y"))

    rows = share_of_leaves(photos, np.arange(4), 0.5, seed=0)

    assert {photos.leaves[row] for row in rows} in ({"a"}, {"b"})
    assert len(rows) == 2
