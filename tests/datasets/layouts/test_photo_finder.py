from __future__ import annotations

import unicodedata

import pytest

from tests.datasets.painting import paint_all
from transferleaf.datasets.layouts.photo_finder import PhotoFinder, name_below, photos_beside


@pytest.mark.parametrize(
    "place",
    ["", ".", "..", "a", "nowhere/1.png", "x" * 5000, "x" * 5000 + "/1.png", "\0", "\0/1.png", "1"],
    ids=repr,
)
def test_a_path_without_a_photo_is_not_found(tmp_path, place):
    paint_all(tmp_path, ["a/1.png"])

    assert PhotoFinder(tmp_path / "labels.csv").find(place) == []


def test_all_photos_that_a_place_may_mean_are_found(tmp_path):
    paint_all(tmp_path, ["1.png", "1.jpg"])

    assert PhotoFinder(tmp_path / "labels.csv").find("1") == [
        tmp_path / "1.jpg",
        tmp_path / "1.png",
    ]


def test_a_full_name_has_priority_over_one_without_extension(tmp_path):
    paint_all(tmp_path, ["1.png", "1.png.jpg"])

    assert PhotoFinder(tmp_path / "labels.csv").find("1.png") == [tmp_path / "1.png"]


def test_a_name_with_a_backslash_has_priority_over_a_folder(tmp_path):
    paint_all(tmp_path, ["a\\1.png", "a/1.png"])

    assert PhotoFinder(tmp_path / "labels.csv").find("a\\1.png") == [tmp_path / "a\\1.png"]


def test_an_unusual_ending_does_not_matter_when_it_is_written(tmp_path):
    (tmp_path / "1.raw").touch()

    assert PhotoFinder(tmp_path / "labels.csv").find("1.raw") == [tmp_path / "1.raw"]
    assert PhotoFinder(tmp_path / "labels.csv").find("1") == []


@pytest.mark.parametrize("folder", ["images", "IMG", "train_images", "leaf-photos", "pictures 2"])
def test_image_folders_are_searched(tmp_path, folder):
    paint_all(tmp_path, [f"{folder}/1.png"])

    assert PhotoFinder(tmp_path / "labels.csv").find("1.png") == [tmp_path / folder / "1.png"]


@pytest.mark.parametrize("folder", ["leaves", "imagery", "old"])
def test_other_folders_are_not(tmp_path, folder):
    paint_all(tmp_path, [f"{folder}/1.png"])

    assert PhotoFinder(tmp_path / "labels.csv").find("1.png") == []


def test_names_are_composed(tmp_path):
    name = unicodedata.normalize("NFD", "é.png")

    assert name_below(tmp_path, tmp_path / name, written="") == "\u00e9.png"


@pytest.mark.parametrize(
    ("written", "name"), [("../x/1.png", "../x/1.png"), ("..\\x\\1.png", "../x/1.png")]
)
def test_photos_elsewhere_keep_the_written_name(tmp_path, written, name):
    assert name_below(tmp_path / "here", tmp_path / "x/1.png", written=written) == name


def test_other_photos_in_the_same_folders_are_told(tmp_path):
    paint_all(tmp_path, ["a/1.png", "a/2.png", "b/1.png", "c/1.png"])
    (tmp_path / "a/notes.txt").touch()

    beside = photos_beside([tmp_path / "a/1.png", tmp_path / "c/1.png"])

    assert beside == (tmp_path / "a/2.png",)
