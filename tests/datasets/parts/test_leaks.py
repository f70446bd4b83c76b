from __future__ import annotations

from transferleaf.datasets.parts.leaks import count_leaks


def test_each_pair_of_parts_is_counted():
    leaks = count_leaks(
        ["train", "val", "test"], [["a", "b", None], ["b", "b", "c"], ["a", "b", "c", "d", None]]
    )

    assert leaks.by_pair == {("train", "val"): 2, ("train", "test"): 2, ("val", "test"): 2}


def test_a_photo_counts_once_however_many_parts_show_its_leaf():
    leaks = count_leaks(["train", "val", "test"], [["a"], ["a"], ["a"]])

    assert leaks.by_part == (0, 1, 1)
    assert leaks.photos == 2


def test_unknown_leaves_are_not_the_same_leaf():
    assert count_leaks(["train", "test"], [[None], [None]]).photos == 0


def test_pairs_that_share_leaves_are_listed():
    leaks = count_leaks(["train", "val", "test"], [["a"], ["b"], ["a", "b", "a"]])

    assert str(leaks) == (
        "2 photos of test show a leaf of train, 1 photo of test shows a leaf of val"
    )


def test_none_is_said_in_words():
    assert str(count_leaks(["train", "test"], [["a"], ["b"]])) == (
        "no photo shows a leaf of an earlier part"
    )
