from __future__ import annotations

import pytest

from tests.datasets.painting import paint_all
from transferleaf.datasets.layouts.class_folders import ClassFolders
from transferleaf.errors import FolderLayoutError
from transferleaf.text.wording import first_few

PUT = "put the photos of each class in a separate folder, as in Tomato___Late_blight/leaf1.jpg."


def test_photos_come_in_order_of_class_and_name(tmp_path):
    paint_all(tmp_path, ["b/2.png", "b/1.JPG", "a b/ü.webp", "Z/x.bmp"])

    found = ClassFolders().find(tmp_path)

    assert found.classes == ("Z", "a b", "b")
    assert [path.name for path in found.paths] == ["x.bmp", "ü.webp", "1.JPG", "2.png"]
    assert found.labels == (0, 1, 2, 2)
    assert found.ignored == ()


def test_files_that_are_not_photos_are_reported(tmp_path):
    paint_all(tmp_path, ["a/1.png", "b/1.png"])
    (tmp_path / "a/notes.txt").touch()
    (tmp_path / "b/empty").mkdir()
    (tmp_path / "b/.DS_Store").touch()

    found = ClassFolders().find(tmp_path)

    assert [path.name for path in found.ignored] == ["notes.txt", "empty"]


def test_files_next_to_the_class_folders_are_ignored(tmp_path):
    paint_all(tmp_path, ["a/1.png", "b/1.png"])
    (tmp_path / "README.txt").touch()

    assert ClassFolders().find(tmp_path).ignored == ()


def test_accents_are_one_character_in_class_names(tmp_path):
    paint_all(tmp_path, ["Cafe\u0301/1.png", "b/1.png"])

    assert ClassFolders().find(tmp_path).classes == ("Caf\u00e9", "b")


@pytest.mark.parametrize(
    ("photos", "message"),
    [
        ([], f"is empty; {PUT}"),
        (["1.png", "2.png"], f"has 0 class folders and 2 images; {PUT}"),
        (
            ["a/1.png"],
            "has one class folder, 'a'; "
            "a classifier needs at least two classes, each in a separate folder.",
        ),
        (
            ["a/1.png", "b/1.png", "x.png"],
            "has 2 class folders and, next to them, 1 image without a class: 'x.png'; "
            "move each into its class folder or elsewhere.",
        ),
        (
            ["Tomato/rust/1.png", "Tomato/mildew/1.png", "Apple/scab/1.png"],
            "has photos nested too deep, as in 'Apple/scab/1.png'; "
            "put all photos of a class directly into its folder "
            "(folders Tomato/Late_blight become one folder Tomato___Late_blight).",
        ),
        (
            ["Tomato/1.png", "Tomato/more/1.png", "Apple/1.png"],
            "has photos nested too deep, as in 'Tomato/more/1.png'; "
            "put all photos of a class directly into its folder "
            "(folders Tomato/Late_blight become one folder Tomato___Late_blight).",
        ),
        (
            ["Cafe\u0301/1.png", "Caf\u00e9/1.png"],
            "has two folders for the class 'Caf\u00e9', perhaps encoded differently; "
            "move their photos into one of them.",
        ),
    ],
    ids=[
        "empty",
        "no class folders",
        "one class",
        "loose photos",
        "nested",
        "also nested",
        "two encodings",
    ],
)
def test_the_error_for_another_layout_describes_the_folder(tmp_path, photos, message):
    paint_all(tmp_path, photos)

    with pytest.raises(FolderLayoutError) as caught:
        ClassFolders().find(tmp_path)

    assert str(caught.value) == f"'{tmp_path}' {message}"


def test_a_folder_around_the_class_folders_is_named(tmp_path):
    paint_all(tmp_path, ["PlantVillage/a/1.png", "PlantVillage/b/1.png"])

    with pytest.raises(FolderLayoutError) as caught:
        ClassFolders().find(tmp_path)

    assert str(caught.value) == (
        f"'{tmp_path}' has photos nested too deep, as in 'PlantVillage/a/1.png'; "
        f"name '{tmp_path}/PlantVillage' instead if that contains the class folders."
    )


def test_empty_classes_are_named(tmp_path):
    paint_all(tmp_path, ["a/1.png", "b/1.png"])
    (tmp_path / "c").mkdir()
    (tmp_path / "d").mkdir()
    (tmp_path / "d/notes.txt").touch()

    with pytest.raises(FolderLayoutError) as caught:
        ClassFolders().find(tmp_path)

    assert str(caught.value) == (
        f"'{tmp_path}' has class folders without photos: 'c', 'd'; "
        "add photos to them or remove them."
    )


def test_a_folder_of_other_files_says_so(tmp_path):
    (tmp_path / "notes.txt").touch()

    with pytest.raises(FolderLayoutError) as caught:
        ClassFolders().find(tmp_path)

    assert caught.value.found == "has no photos and no folders, only 1 other file"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([], ""),
        (["a"], "'a'"),
        (list("abc"), "'a', 'b', 'c'"),
        (list("abcd"), "'a', 'b', 'c' and 1 more"),
    ],
)
def test_a_long_list_is_cut(names, shown):
    assert first_few(names) == shown
