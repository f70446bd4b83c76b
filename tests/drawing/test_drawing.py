from __future__ import annotations

import numpy as np
import pytest

from transferleaf.drawing.drawing import Drawing
from transferleaf.errors import ConfigError

FIT = {
    "photos_per_class": 40,
    "image_size": 256,
    "seed": 0,
    "classes": ("Bean___Rust", "Corn___Rust"),
    "photos_per_leaf": (1, 3),
}


def test_each_class_has_exactly_the_requested_photos():
    leaves = list(Drawing(**FIT).leaves())

    assert sum(leaf.n_photos for leaf in leaves if leaf.class_name == "Bean___Rust") == 40
    assert sum(leaf.n_photos for leaf in leaves if leaf.class_name == "Corn___Rust") == 40


def test_a_leaf_has_1_8_photos_on_average():
    drawing = Drawing(**{**FIT, "photos_per_class": 4000, "classes": ("Bean___Rust",)})

    counts = [leaf.n_photos for leaf in drawing.leaves()]

    assert np.mean(counts) == pytest.approx(16 / 9, abs=0.05)
    assert set(counts) == {1, 2, 3}


def test_more_photos_continue_the_same_leaves():
    few = list(Drawing(**{**FIT, "photos_per_class": 10}).leaves())
    many = list(Drawing(**FIT).leaves())

    # The last leaf may have fewer photos.
    assert few[0] == many[0]
    assert few[1] == many[1]


def test_leaves_are_numbered_per_class_from_one():
    leaves = Drawing(**{**FIT, "photos_per_class": 2, "photos_per_leaf": (1, 1)}).leaves()

    assert [(leaf.class_name, leaf.number) for leaf in leaves] == [
        ("Bean___Rust", 1),
        ("Bean___Rust", 2),
        ("Corn___Rust", 1),
        ("Corn___Rust", 2),
    ]


def test_classes_leaves_and_photos_have_separate_random_numbers():
    drawing = Drawing(**FIT)

    drawn = [
        drawing.random_of(class_name, leaf, photo).random()
        for class_name in FIT["classes"]
        for leaf in (1, 2)
        for photo in (0, 1)
    ]

    assert len(set(drawn)) == 8


def test_the_record_names_every_argument_and_the_format():
    assert Drawing(**FIT).facts() == {
        "format": 1,
        "photos_per_class": 40,
        "image_size": 256,
        "seed": 0,
        "classes": ["Bean___Rust", "Corn___Rust"],
        "photos_per_leaf": [1, 3],
    }


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("photos_per_class", 0, "photos_per_class=0 must be a whole number, at least 1."),
        ("photos_per_class", 2.5, "photos_per_class=2.5 must be a whole number, at least 1."),
        ("photos_per_class", True, "photos_per_class=True must be a whole number, at least 1."),
        ("image_size", 31, "image_size=31 must be a whole number, at least 32."),
        ("seed", -1, "seed=-1 must be a whole number, at least 0."),
        ("seed", None, "seed=None must be a whole number, at least 0."),
        ("classes", (), "classes=() must be different drawn classes, at least one."),
        (
            "classes",
            ("Bean___Rust", "Bean___Scab"),
            "classes=('Bean___Rust', 'Bean___Scab') must be different drawn classes, "
            "not ['Bean___Scab'].",
        ),
        (
            "classes",
            ("Bean___Rust", "Bean___Rust"),
            "classes=('Bean___Rust', 'Bean___Rust') must be different drawn classes, "
            "not ['Bean___Rust'].",
        ),
        (
            "photos_per_leaf",
            (3, 1),
            "photos_per_leaf=(3, 1) must be the minimum and the maximum number of photos per "
            "leaf, with 1 <= minimum <= maximum.",
        ),
        (
            "photos_per_leaf",
            (0, 2),
            "photos_per_leaf=(0, 2) must be the minimum and the maximum number of photos per "
            "leaf, with 1 <= minimum <= maximum.",
        ),
        (
            "photos_per_leaf",
            (1, 2.5),
            "photos_per_leaf=(1, 2.5) must be the minimum and the maximum number of photos per "
            "leaf, with 1 <= minimum <= maximum.",
        ),
        (
            "photos_per_leaf",
            2,
            "photos_per_leaf=2 must be the minimum and the maximum number of photos per leaf, "
            "with 1 <= minimum <= maximum.",
        ),
    ],
)
def test_an_argument_out_of_its_range_is_named(option, value, message):
    with pytest.raises(ConfigError) as caught:
        Drawing(**{**FIT, option: value})

    assert str(caught.value) == message
