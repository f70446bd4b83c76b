from __future__ import annotations

import pytest

from tests.auditing.made import subject
from transferleaf.auditing.checks.leaves import (
    find_leaves_across_parts,
    find_naive_leak,
    find_unknown_leaves,
    naive_leak,
    why_no_naive_leak,
)


def test_later_photos_of_an_earlier_leaf_are_an_error():
    leaves, parts = ["x", "y", "x", "z", None], ["train", "train", "test", "test", "test"]

    (found,) = find_leaves_across_parts(subject("aaaaa", leaves=leaves, parts=parts))

    assert (found.check, found.severity) == ("leaves-across-parts", "error")
    assert found.title == "1 photo shows a leaf of an earlier part"
    assert found.photos == ("a/2.jpg",)
    assert found.figures == {"photos of later parts": 3, "share": 0.3333}


def test_test_photos_leak_wherever_they_stand_in_the_data_set():
    shared = subject("aaa", leaves=["x", "x", "y"], parts=["test", "train", "train"])

    (found,) = find_leaves_across_parts(shared)

    assert found.photos == ("a/0.jpg",)


def test_leaves_that_stay_in_their_part_are_no_finding():
    kept = subject("aaa", leaves=["x", "x", "y"], parts=["train", "train", "test"])

    assert list(find_leaves_across_parts(kept)) == []
    assert list(find_leaves_across_parts(subject("aa", leaves=["x", "x"]))) == []


def test_unknown_leaves_are_noted():
    (found,) = find_unknown_leaves(subject("aab", leaves=["x", None, None]))

    assert (found.title, found.severity) == ("the leaf of 2 photos is unknown", "note")
    assert found.photos == ("a/1.jpg", "b/2.jpg")
    assert list(find_unknown_leaves(subject("a", leaves=["x"]))) == []


def test_the_leak_of_a_split_by_photo_is_expected_not_drawn():
    (found,) = find_naive_leak(subject("aaab", leaves=["x", "x", "y", "z"]))

    assert found.title == "in a split by photo, 40% of the test photos would show a training leaf"
    assert found.figures == {"leaves": 3, "share": 0.4}


@pytest.mark.parametrize(
    ("leaves", "parts", "why"),
    [
        ([None, None], (), "no leaf is known"),
        (["x", "x"], ["train", "test"], "the data set is split already"),
    ],
)
def test_a_split_by_photo_is_not_always_worth_a_word(leaves, parts, why):
    looked = subject("ab", leaves=leaves, parts=parts)

    assert why_no_naive_leak(looked) == why
    assert list(find_naive_leak(looked)) == []


def test_leaves_of_one_photo_do_not_leak():
    assert list(find_naive_leak(subject("ab", leaves=["x", "y"]))) == []


@pytest.mark.parametrize(("photos", "share"), [(1, 0.0), (2, 0.8), (3, 0.96)])
def test_more_photos_of_a_leaf_leak_more(photos, share):
    assert naive_leak({"x": photos}) == pytest.approx(share)
