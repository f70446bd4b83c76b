from __future__ import annotations

import pytest

from transferleaf.reports.structure import coarse_accuracy


def test_another_disease_of_the_same_crop_is_the_right_crop():
    interval = coarse_accuracy(["Bean", "Bean", "Mint"], [0, 1, 2, 2], [1, 0, 2, 0])

    assert interval.value == 0.75


def test_photos_without_a_known_trait_are_left_out():
    interval = coarse_accuracy([True, False, None], [0, 1, 2, 2], [0, 1, 2, 0])

    assert interval.value == 1.0


def test_a_prediction_without_a_known_trait_is_wrong():
    interval = coarse_accuracy([True, False, None], [0, 1], [0, 2])

    assert interval.value == 0.5


def test_leaves_are_kept_together_among_known_traits():
    traits, truth, predicted = ["Bean", "Mint", None], [2, 0, 0, 1, 1], [2, 0, 0, 0, 0]

    by_leaf = coarse_accuracy(traits, truth, predicted, groups=["x", "a", "a", "b", "b"])

    assert (by_leaf.low, by_leaf.high) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("traits", "truth"),
    [(["Bean", "Bean"], [0, 1]), ([None, None], [0, 1]), (["Bean", "Mint", None], [2, 2])],
    ids=["one crop", "plain names", "no photo of a class that tells"],
)
def test_there_is_no_result_without_two_known_traits(traits, truth):
    assert coarse_accuracy(traits, truth, [0, 1]) is None
