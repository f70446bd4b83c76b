from __future__ import annotations

import numpy as np
import pytest

from tests.auditing.made import broken, seen, subject
from transferleaf.auditing import measures
from transferleaf.auditing.measures import measure, measure_colour


def thumbnail(*levels: int) -> bytes:
    """Stripes of equal width, each of one grey."""
    return np.repeat(levels, 256 // len(levels)).repeat(3).astype(np.uint8).tobytes()


@pytest.mark.parametrize(
    ("facts", "name", "value"),
    [
        ({"width": 300, "height": 200}, "short_side", 200),
        ({"width": 300, "height": 200}, "megapixels", 0.06),
        ({"width": 300, "height": 200}, "elongation", 1.5),
        ({"width": 200, "height": 300}, "elongation", 1.5),
        ({"thumbnail": thumbnail(51, 255)}, "shadows", 0.2),
        ({"thumbnail": thumbnail(51, 255)}, "highlights", 1.0),
        ({"thumbnail": thumbnail(51, 255)}, "contrast", 0.4),
    ],
)
def test_a_photo_is_measured(facts, name, value):
    found = measure(subject("ab", [seen(**facts), broken()]))

    assert getattr(found, name) == pytest.approx([value, np.nan], nan_ok=True)


def test_a_few_odd_places_are_neither_shadow_nor_highlight():
    levels = [128] * 254 + [0, 255]

    found = measure(subject("a", [seen(thumbnail=thumbnail(*levels))]))

    assert (found.shadows[0], found.highlights[0]) == pytest.approx((128 / 255, 128 / 255))


def test_colour_is_the_largest_distance_of_channels():
    red = bytes([90, 40, 40]) + bytes([7, 7, 7]) * 255

    found = measure_colour(
        subject("abc", [seen(thumbnail=red), broken(), seen(thumbnail=bytes(768))])
    )

    assert found == pytest.approx([50, np.nan, 0], nan_ok=True)


def test_many_photos_are_measured_block_by_block(monkeypatch):
    facts = [seen(thumbnail=thumbnail(level)) for level in range(0, 250, 50)]
    at_once = measure(subject("aaaaa", facts)).highlights

    monkeypatch.setattr(measures, "_BLOCK", 2)

    assert measure(subject("aaaaa", facts)).highlights.tolist() == at_once.tolist()
