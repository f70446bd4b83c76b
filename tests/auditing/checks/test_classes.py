from __future__ import annotations

import pytest

from tests.auditing.made import subject
from transferleaf.auditing.checks.classes import (
    find_classes_missing_from_parts,
    find_imbalance,
    find_small_classes,
)


def test_a_class_of_one_photo_cannot_be_split():
    (found,) = find_small_classes(subject("a" * 10 + "b"))

    assert (found.check, found.severity, found.classes) == ("classes-of-one-leaf", "error", ("b",))
    assert found.title == "1 class has only one leaf, so none for the test"
    assert found.notes == {"b": "1 photo"}


def test_nor_can_a_class_of_one_leaf():
    leaves = [f"leaf {number}" for number in range(10)] + ["x"] * 12

    (found,) = find_small_classes(subject("a" * 10 + "b" * 12, leaves=leaves))

    assert (found.check, found.notes) == ("classes-of-one-leaf", {"b": "12 photos"})


def test_a_split_that_is_there_needs_no_second_leaf():
    parts = ["train"] * 10 + ["test"]

    assert list(find_small_classes(subject("a" * 10 + "b", parts=parts))) == []


@pytest.mark.parametrize(
    ("photos", "leaves", "note"),
    [
        (9, [None] * 9, "9 photos of 9 leaves"),
        (12, [*"xxxxxxyyzzuu"], "12 photos of 4 leaves"),
    ],
)
def test_a_small_class_is_a_warning(photos, leaves, note):
    (found,) = find_small_classes(subject("a" * 10 + "b" * photos, leaves=[None] * 10 + leaves))

    assert (found.check, found.severity, found.notes) == ("small-classes", "warning", {"b": note})
    assert found.title == "1 class has fewer than 10 photos or 5 leaves"


def test_ten_photos_of_five_leaves_are_enough():
    leaves = [*"uuvvwwxxyy"]

    assert list(find_small_classes(subject("a" * 10, leaves=leaves))) == []


@pytest.mark.parametrize(
    ("photos", "severity"), [((6, 2), "note"), ((30, 10), "note"), ((20, 2), "warning")]
)
def test_imbalance_is_told_by_the_largest_and_the_smallest(photos, severity):
    first, second = photos

    (found,) = find_imbalance(subject("a" * first + "b" * second))

    assert (found.check, found.severity) == ("imbalance", severity)
    assert found.figures == {"ratio": first / second, "largest": "a", "smallest": "b"}


def test_imbalance_names_the_rare_classes():
    (found,) = find_imbalance(subject("a" * 12 + "b" * 10 + "c" * 4 + "d" * 3))

    assert found.title == "the largest class has 4 times the photos of the smallest"
    assert found.classes == ("d",)
    assert found.notes == {"d": "3 photos", "a": "12 photos"}


@pytest.mark.parametrize("classes", ["aabb", "aabbb", "aaa"])
def test_nearly_equal_classes_are_balanced(classes):
    assert list(find_imbalance(subject(classes))) == []


def test_a_class_that_a_part_lacks_is_a_warning():
    parts = ["train", "test", "train", "train"]

    (found,) = find_classes_missing_from_parts(subject("aabb", parts=parts))

    assert (found.severity, found.notes) == ("warning", {"b": "none in test"})
    assert found.title == "1 class has no photo in some part"


def test_without_parts_nothing_is_missing_from_them():
    assert list(find_classes_missing_from_parts(subject("aabb"))) == []
