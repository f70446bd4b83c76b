"""Samples have as many photos of each class, and of as many leaves, as there are."""

from __future__ import annotations

import numpy as np
import pytest

from transferleaf.advice.measuring.labelled import Labelled, varied_sample


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
