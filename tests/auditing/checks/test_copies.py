from __future__ import annotations

import pytest

from tests.auditing.made import seen, subject
from transferleaf.auditing.checks.copies import (
    find_copies,
    find_copies_across_parts,
    find_copies_under_two_labels,
)

TWIN = seen()


def test_equal_files_are_counted_without_the_first_of_each_group():
    (found,) = find_copies(subject("aaab", [TWIN, TWIN, TWIN, seen()], copies=[(0, 1, 2)]))

    assert (found.check, found.severity, found.count) == ("exact-duplicates", "warning", 2)
    assert found.title == "2 photos are identical to another"
    assert found.groups == (("a/0.jpg", "a/1.jpg", "a/2.jpg"),)
    assert found.sure == "certain: SHA-256"


@pytest.mark.parametrize(
    ("leaves", "check", "severity"),
    [
        (["x", "x"], "near-duplicates-of-one-leaf", "note"),
        (["x", "y"], "near-duplicates", "warning"),
        ([None, None], "near-duplicates", "warning"),
        (["x", None], "near-duplicates", "warning"),
    ],
)
def test_photos_that_look_the_same_matter_if_a_split_may_part_them(leaves, check, severity):
    (found,) = find_copies(subject("aa", alike=[(0, 1)], leaves=leaves))

    assert (found.check, found.severity, found.count) == (check, severity, 2)
    assert found.groups == (("a/0.jpg", "a/1.jpg"),)


def test_copies_of_earlier_parts_come_first_so_that_the_fix_keeps_the_test_photo():
    twice = subject("aaa", [TWIN, TWIN, seen()], copies=[(0, 1)], parts=["test", "train", "train"])

    (found,) = find_copies(twice)

    assert found.groups == (("a/1.jpg", "a/0.jpg"),)


def test_equal_files_are_not_told_again_as_looking_the_same():
    found = find_copies(subject("aa", [TWIN, TWIN], copies=[(0, 1)], alike=[(0, 1)]))

    assert [each.check for each in found] == ["exact-duplicates"]


def test_one_file_under_two_labels_is_an_error():
    equal = subject("ab", [TWIN, TWIN], copies=[(0, 1)])

    (found,) = find_copies_under_two_labels(equal)

    assert (found.check, found.severity, found.count) == ("one-photo-two-labels", "error", 2)
    assert found.photos == ("a/0.jpg", "b/1.jpg")
    assert list(find_copies(equal)) == []


def test_photos_that_look_the_same_under_two_labels_are_a_warning():
    (found,) = find_copies_under_two_labels(subject("ab", alike=[(0, 1)]))

    assert (found.check, found.severity) == ("near-duplicates-two-labels", "warning")
    assert found.title == "2 photos look the same under different labels"


def test_copies_of_an_earlier_part_are_an_error():
    parts = ["train", "train", "test", "test", "test"]
    looked = subject("aaaab", alike=[(0, 2, 3)], parts=parts)

    (found,) = find_copies_across_parts(looked)

    assert (found.check, found.severity) == ("near-duplicates-across-parts", "error")
    assert found.title == "2 photos have a copy in an earlier part"
    assert found.figures == {"groups": 1, "photos of later parts": 3, "share": 0.6667}
    assert list(find_copies(looked)) == []


@pytest.mark.parametrize("parts", [(), ["train", "train", "test"]])
def test_copies_within_one_part_do_not_leak(parts):
    assert list(find_copies_across_parts(subject("aaa", alike=[(0, 1)], parts=parts))) == []
