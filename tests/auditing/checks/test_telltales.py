from __future__ import annotations

import pytest

from tests.auditing.made import broken, seen, subject
from transferleaf.auditing.checks.telltales import find_telltales


def looked(**values):
    """40 photos of two classes; each value is a pair, one for each class."""
    facts = [
        seen(**{name: pair[number // 20] for name, pair in values.items()}) for number in range(40)
    ]
    return subject("a" * 20 + "b" * 20, facts)


@pytest.mark.parametrize(
    ("values", "check"),
    [
        ({"camera": ("Canon", "Nikon")}, "camera-tells-class"),
        ({"camera": (None, "Nikon")}, "camera-tells-class"),
        ({"jpeg_quality": (75, 95)}, "jpeg-quality-tells-class"),
        ({"format": ("JPEG", "PNG")}, "format-tells-class"),
        ({"width": (256, 512)}, "size-tells-class"),
    ],
)
def test_what_differs_between_classes_tells_them(values, check):
    (found,) = find_telltales(looked(**values))

    assert (found.check, found.severity) == (check, "warning")
    assert found.figures == {"cramers v": 1.0, "p": 0.005, "told": 1.0, "largest class": 0.5}


def test_the_finding_says_what_tells_which_class():
    (found,) = find_telltales(looked(camera=(None, "Nikon D5")))

    assert found.title == (
        "the camera alone predicts the class of 100% of the photos, "
        "where the largest class has 50.0%"
    )
    assert found.notes == {
        "a": "none: 100% of it, 0% elsewhere",
        "b": "Nikon D5: 100% of it, 0% elsewhere",
    }
    assert found.sure == "Cramer's V 1.00 (0 none, 1 full), p = 0.005 over leaves"


def test_a_size_is_told_by_width_and_height():
    (found,) = find_telltales(looked(height=(256, 320)))

    assert found.notes["b"] == "256 x 320: 100% of it, 0% elsewhere"


def test_what_all_classes_share_tells_nothing():
    facts = [seen(camera=f"camera {number % 2}") for number in range(40)]

    assert list(find_telltales(subject("a" * 20 + "b" * 20, facts))) == []


def test_photos_of_one_leaf_are_no_independent_evidence():
    facts = [seen(camera=f"camera {number // 10}") for number in range(40)]
    leaves = [f"leaf {number // 10}" for number in range(40)]

    one_by_one = find_telltales(subject("a" * 20 + "b" * 20, facts))
    by_leaf = find_telltales(subject("a" * 20 + "b" * 20, facts, leaves=leaves))

    assert [found.check for found in one_by_one] == ["camera-tells-class"]
    assert list(by_leaf) == []


def test_photos_cut_by_hand_are_compared_by_size_class():
    facts = [seen(width=200 + number) for number in range(40)]
    larger = [seen(width=800 + number) for number in range(40)]

    (found,) = find_telltales(subject("a" * 40 + "b" * 40, facts + larger))

    assert found.notes["b"] == "about 262,144 pixels: 100% of it, 0% elsewhere"


def test_broken_photos_have_no_camera():
    facts = [seen()] * 20 + [broken()] * 20

    assert list(find_telltales(subject("a" * 20 + "b" * 20, facts))) == []


def test_one_photo_tells_nothing():
    assert list(find_telltales(subject("ab", [seen(), broken()]))) == []
