from __future__ import annotations

from transferleaf.auditing.duplicates import exact_duplicate_groups
from transferleaf.auditing.facts import PhotoFacts


def facts(sha256, error=None):
    return PhotoFacts(sha256=sha256, nbytes=1, error=error)


def test_photos_of_the_same_bytes_are_a_group():
    groups = exact_duplicate_groups([facts(digest) for digest in ["b", "a", "c", "a", "b", "a"]])

    assert groups == [(0, 4), (1, 3, 5)]


def test_a_photo_alone_is_no_group():
    assert exact_duplicate_groups([facts("a"), facts("b")]) == []


def test_broken_files_are_no_copies_of_each_other():
    assert exact_duplicate_groups([facts("a", "it is empty."), facts("a", "it is empty.")]) == []


def test_missing_files_are_no_copies_of_each_other():
    assert exact_duplicate_groups([facts(None, "gone."), facts(None, "gone.")]) == []
