from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from transferleaf.drawing import DRAWN_CLASSES, draw_leaves
from transferleaf.errors import ConfigError

TWO_CLASSES = ("Apple___Rust", "Tomato___healthy")


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all photos by path in the folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.glob("*/*"))}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Two classes with three small photos each."""
    folder = tmp_path_factory.mktemp("drawn")
    return draw_leaves(folder, classes=TWO_CLASSES, photos_per_class=3, image_size=48)


def test_every_class_has_a_folder_with_the_requested_photos(drawn):
    photos = Counter(path.parent.name for path in drawn.glob("*/*.jpg"))

    assert photos == {"Apple___Rust": 3, "Tomato___healthy": 3}


def test_without_naming_classes_all_are_drawn(tmp_path):
    draw_leaves(tmp_path, photos_per_class=1, image_size=32)

    assert sorted(p.parent.name for p in tmp_path.glob("*/*.jpg")) == sorted(DRAWN_CLASSES)


def test_file_names_contain_the_leaf_and_the_photo(drawn):
    names = [path.name for path in drawn.glob("*/*")]

    assert [name for name in names if not re.fullmatch(r"leaf\d{4}_photo\d\.jpg", name)] == []


@pytest.mark.parametrize("image_size", [32, 50])
def test_photos_are_square_rgb_jpegs_of_the_requested_size(tmp_path, image_size):
    draw_leaves(tmp_path, classes=["Corn___Rust"], photos_per_class=1, image_size=image_size)

    with Image.open(tmp_path / "Corn___Rust/leaf0001_photo1.jpg") as photo:
        assert (photo.format, photo.mode, photo.size) == ("JPEG", "RGB", (image_size, image_size))


def test_the_same_arguments_draw_the_same_bytes(drawn, tmp_path):
    again = draw_leaves(tmp_path, classes=TWO_CLASSES, photos_per_class=3, image_size=48)

    assert contents(again) == contents(drawn)


def test_another_seed_draws_other_photos(drawn, tmp_path):
    other = draw_leaves(tmp_path, classes=TWO_CLASSES, photos_per_class=3, image_size=48, seed=1)

    assert set(contents(other).values()).isdisjoint(contents(drawn).values())


def test_a_class_looks_the_same_whichever_others_are_drawn(drawn, tmp_path):
    alone = draw_leaves(tmp_path, classes=["Apple___Rust"], photos_per_class=3, image_size=48)

    beside = {name: photo for name, photo in contents(drawn).items() if "Rust" in name}
    assert contents(alone) == beside


def test_the_order_of_the_classes_does_not_matter(drawn):
    before = contents(drawn)

    draw_leaves(drawn, classes=TWO_CLASSES[::-1], photos_per_class=3, image_size=48)

    assert contents(drawn) == before


def test_photos_of_one_leaf_differ(tmp_path):
    draw_leaves(
        tmp_path,
        classes=["Grape___healthy"],
        photos_per_class=3,
        image_size=32,
        photos_per_leaf=(3, 3),
    )

    photos = contents(tmp_path)
    assert list(photos) == [
        "Grape___healthy/leaf0001_photo1.jpg",
        "Grape___healthy/leaf0001_photo2.jpg",
        "Grape___healthy/leaf0001_photo3.jpg",
    ]
    assert len(set(photos.values())) == 3


def test_a_complete_drawing_is_left_alone(drawn):
    before = {path: path.stat().st_mtime_ns for path in drawn.rglob("*")}

    draw_leaves(drawn, classes=TWO_CLASSES, photos_per_class=3, image_size=48)

    assert {path: path.stat().st_mtime_ns for path in drawn.rglob("*")} == before


def test_an_interrupted_drawing_is_completed_with_the_same_photo(drawn):
    before = contents(drawn)
    lost = drawn / "Apple___Rust/leaf0001_photo1.jpg"
    lost.unlink()
    (lost.parent / ".leaf0001_photo1.jpg.4711.partial").write_bytes(b"half a pho")

    draw_leaves(drawn, classes=TWO_CLASSES, photos_per_class=3, image_size=48)

    assert contents(drawn) == before


def test_progress_counts_photos_up_to_all(tmp_path):
    calls = []

    draw_leaves(
        tmp_path,
        classes=["Bean___Rust", "Bean___healthy"],
        photos_per_class=2,
        image_size=32,
        photos_per_leaf=(1, 1),
        progress=lambda done, total: calls.append((done, total)),
    )

    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_one_class_is_still_a_list(tmp_path):
    with pytest.raises(ConfigError) as caught:
        draw_leaves(tmp_path, classes="Bean___Rust")

    assert str(caught.value) == (
        "classes='Bean___Rust' must be a list of names, even for one class."
    )


def test_a_wrong_argument_leaves_no_folder_behind(tmp_path):
    with pytest.raises(ConfigError):
        draw_leaves(tmp_path / "leaves", image_size=8)

    assert not (tmp_path / "leaves").exists()


def test_a_healthy_leaf_is_green_in_the_middle_of_its_photo(tmp_path):
    draw_leaves(tmp_path, classes=["Bean___healthy"], photos_per_class=12, image_size=48)

    middles = [
        np.asarray(Image.open(path), float)[20:28, 20:28].mean(axis=(0, 1))
        for path in tmp_path.glob("*/*.jpg")
    ]

    assert [middle for middle in middles if middle.argmax() != 1] == []  # 1 is green
