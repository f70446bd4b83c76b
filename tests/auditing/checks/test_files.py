from __future__ import annotations

import numpy as np
import pytest

from tests.auditing.made import broken, seen, subject
from transferleaf.auditing.checks.files import (
    find_broken_files,
    find_ignored_files,
    find_odd_files,
)
from transferleaf.auditing.finding import Finding

GREY = np.repeat(np.arange(256, dtype=np.uint8), 3).tobytes()


def test_a_broken_file_is_an_error_that_says_why():
    (found,) = find_broken_files(subject("aab", [seen(), broken("it is empty."), seen()]))

    assert found == Finding(
        check="broken-files",
        title="1 photo cannot be read",
        severity="error",
        count=1,
        photos=("a/1.jpg",),
        notes={"a/1.jpg": "it is empty."},
        advice="Get them again, or leave them out, as --fix does.",
        sure="certain: each photo was decoded completely",
    )


def test_sound_files_give_no_finding():
    sound = subject("aab")

    assert [*find_broken_files(sound), *find_odd_files(sound), *find_ignored_files(sound)] == []


def test_a_broken_file_is_not_odd_as_well():
    assert list(find_odd_files(subject("ab", [broken(), seen()]))) == []


@pytest.mark.parametrize(
    ("facts", "check", "title", "note"),
    [
        (
            {"format": "PNG"},
            "wrong-endings",
            "1 photo has the file extension of another format",
            "is PNG",
        ),
        (
            {"mode": "CMYK"},
            "odd-modes",
            "1 photo is not stored as 8-bit RGB: 1 CMYK",
            "CMYK",
        ),
        ({"mode": "LAB"}, "odd-modes", "1 photo is not stored as 8-bit RGB: 1 LAB", "LAB"),
        ({"thumbnail": GREY}, "grey-photos", "1 photo has no colour", None),
        (
            {"frames": 3},
            "several-pictures",
            "1 photo contains several images, as animations do",
            "3 pictures",
        ),
        (
            {"turned": True},
            "stored-turned",
            "1 photo is stored rotated, with EXIF data",
            None,
        ),
    ],
)
def test_an_odd_file_is_a_note(facts, check, title, note):
    (found,) = find_odd_files(subject("ab", [seen(), seen(**facts)]))

    assert (found.check, found.title, found.severity) == (check, title, "note")
    assert found.photos == ("b/1.jpg",)
    assert found.notes.get("b/1.jpg") == note


def test_kinds_of_pixels_are_counted():
    (found,) = find_odd_files(
        subject("abc", [seen(mode="RGBA"), seen(mode="P"), seen(mode="RGBA")])
    )

    assert found.title == "3 photos are not stored as 8-bit RGB: 2 transparency, 1 palette"


def test_a_telephone_s_second_picture_is_no_animation():
    assert list(find_odd_files(subject("a", [seen(format="MPO", frames=2)]))) == []


def test_a_format_nobody_knows_has_no_wrong_ending():
    assert list(find_odd_files(subject("a", [seen(format="JPEG2000")]))) == []


def test_ignored_files_are_named():
    (found,) = find_ignored_files(subject("a", ignored=["a/notes.txt", "a/9.jpg"]))

    assert found.title == "2 files are left out"
    assert found.notes == {"a/notes.txt": "is not a photo", "a/9.jpg": "is not listed"}
    assert (found.severity, found.photos) == ("note", ())
