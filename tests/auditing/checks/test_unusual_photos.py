from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tests.auditing.made import broken, seen, subject
from transferleaf.auditing.checks.unusual_photos import find_unusual_photos
from transferleaf.auditing.facts import photo_facts
from transferleaf.auditing.subject import Subject
from transferleaf.datasets import LeafDataset


def plain(level: int, spread: int = 0) -> bytes:
    """A thumbnail of one grey, or of greys up to ``spread`` above it."""
    return (level + np.arange(768) // 3 * spread // 255).astype(np.uint8).tobytes()


def varied(number: int, **facts):
    """Ordinary photos differ a little in everything."""
    return seen(sharpness=800.0 + number, bright_share=0.001 * (number % 3), **facts)


@pytest.mark.parametrize(
    ("odd", "check", "title", "note"),
    [
        ({"width": 100, "height": 90}, "tiny-photos", "1 photo is tiny", "90 px"),
        (
            {"width": 6000, "height": 4000},
            "huge-photos",
            "1 photo is huge",
            "24 megapixels",
        ),
        (
            {"width": 900, "height": 256},
            "odd-shapes",
            "1 photo is very long and narrow",
            "3.5 to 1",
        ),
        (
            {"sharpness": 12.0},
            "blurred-photos",
            "1 photo is blurred, or very smooth",
            "sharpness 12",
        ),
        (
            {"thumbnail": plain(0, 60)},
            "dark-photos",
            "1 photo is dark",
            "brightest places 23%",
        ),
        (
            {"bright_share": 0.8},
            "over-exposed-photos",
            "1 photo is over-exposed",
            "80% nearly white",
        ),
        (
            {"thumbnail": plain(128)},
            "photos-without-content",
            "1 photo is of one colour",
            "contrast 0.000",
        ),
    ],
)
def test_a_photo_unlike_the_others_is_found(odd, check, title, note):
    facts = [varied(number) for number in range(30)]

    (found,) = find_unusual_photos(subject("a" * 31, [*facts, seen(**odd)]))

    assert (found.check, found.title) == (check, title)
    assert found.notes == {"a/30.jpg": note}


def test_ordinary_photos_are_not_unusual():
    facts = [varied(number) for number in range(30)]

    assert list(find_unusual_photos(subject("a" * 30, facts))) == []


@pytest.mark.parametrize(
    ("usual", "checks"),
    [
        ({"width": 100, "height": 100}, []),
        ({"width": 20, "height": 20}, ["tiny-photos"]),
        ({"width": 900, "height": 300}, []),
        ({"width": 1500, "height": 300}, ["odd-shapes"]),
        ({"sharpness": 12.0}, []),
        ({"sharpness": 2.0}, ["blurred-photos"]),
    ],
)
def test_what_all_photos_share_is_usual_up_to_a_limit(usual, checks):
    found = find_unusual_photos(subject("a" * 20, [seen(**usual) for _ in range(20)]))

    assert [each.check for each in found] == checks


def test_a_leaf_before_black_is_not_dark():
    before_black = np.zeros((256, 3), np.uint8)
    before_black[100:140] = 120
    facts = [varied(number) for number in range(30)]

    found = find_unusual_photos(subject("a" * 31, [*facts, seen(thumbnail=before_black.tobytes())]))

    assert [each.check for each in found] == []


def test_the_worst_photos_come_first():
    facts = [varied(number) for number in range(30)]
    blurred = [seen(sharpness=20.0), seen(sharpness=5.0), seen(sharpness=10.0)]

    (found,) = find_unusual_photos(subject("a" * 33, facts + blurred))

    assert found.photos == ("a/31.jpg", "a/32.jpg", "a/30.jpg")
    assert found.sure == (
        "measured: below sharpness 40 and unlike the others, or below sharpness 3"
    )


def test_broken_photos_are_not_unusual_as_well():
    assert list(find_unusual_photos(subject("aab", [broken(), broken(), broken()]))) == []


@pytest.mark.real
@pytest.mark.parametrize("folder", ["plantvillage-mini", "field-mini", "dissimilar-mini"])
def test_few_real_photos_are_unusual(real_photos, folder):
    data = LeafDataset.from_folder(real_photos / folder)
    looked = Subject(data=data, facts=photo_facts(data.paths), copies=(), alike=())

    unusual = Counter(name for found in find_unusual_photos(looked) for name in found.photos)

    assert len(unusual) < 0.02 * len(data)
