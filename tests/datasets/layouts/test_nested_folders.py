from __future__ import annotations

import pytest

from tests.datasets.painting import paint_all
from transferleaf.datasets.layouts.layout import Recognition
from transferleaf.datasets.layouts.nested_folders import NestedFolders
from transferleaf.errors import FolderLayoutError

PHOTOS = ["Mint/rust/1.png", "Mint/healthy/1.png", "Sage/rust/2.png", "Sage/rust/1.png"]


def test_classes_are_named_after_crop_and_disease(tmp_path):
    paint_all(tmp_path, PHOTOS)

    found = NestedFolders().find(tmp_path)

    assert found.classes == ("Mint___healthy", "Mint___rust", "Sage___rust")
    assert found.names == (
        "Mint/healthy/1.png",
        "Mint/rust/1.png",
        "Sage/rust/1.png",
        "Sage/rust/2.png",
    )
    assert found.labels == (0, 1, 2, 2)


def test_the_folders_spelling_is_kept(tmp_path):
    paint_all(tmp_path, ["Pepper, bell/Bacterial spot/1.png", "감자/건강/1.png"])

    assert NestedFolders().find(tmp_path).classes == (
        "Pepper, bell___Bacterial spot",
        "감자___건강",
    )


def test_a_disease_folder_that_repeats_its_crop_is_the_class(tmp_path):
    paint_all(tmp_path, ["Mint/Mint___rust/1.png", "Sage/rust/1.png"])

    assert NestedFolders().find(tmp_path).classes == ("Mint___rust", "Sage___rust")


def test_classes_are_sorted_by_their_own_names(tmp_path):
    paint_all(tmp_path, ["Corn/rust/1.png", "Corn (maize)/rust/2.png"])

    found = NestedFolders().find(tmp_path)

    assert found.classes == ("Corn (maize)___rust", "Corn___rust")
    assert found.names == ("Corn (maize)/rust/2.png", "Corn/rust/1.png")


def test_files_that_are_not_photos_are_reported(tmp_path):
    paint_all(tmp_path, PHOTOS)
    (tmp_path / "Sage/rust/notes.txt").touch()

    assert NestedFolders().find(tmp_path).ignored == (tmp_path / "Sage/rust/notes.txt",)


def test_crop_folders_are_recognised(tmp_path):
    paint_all(tmp_path, PHOTOS)

    assert NestedFolders().recognise(tmp_path) == Recognition(
        reason="2 folders contain 3 folders of photos", sure=False
    )


@pytest.mark.parametrize(
    "photos",
    [
        ["Mint/rust/1.png", "Mint/healthy/1.png"],
        [*PHOTOS, "Mint/1.png"],
        [*PHOTOS, "1.png"],
        ["train/Mint/1.png", "train/Sage/1.png", "val/Mint/1.png"],
        ["color/Mint___rust/1.png", "grey/Mint___rust/1.png"],
        ["a/1.png", "b/1.png"],
        ["a/b/c/1.png", "b/b/c/1.png"],
    ],
    ids=[
        "a folder around class folders",
        "photos of a crop alone",
        "loose photos",
        "parts",
        "class folders twice",
        "class folders",
        "too deep",
    ],
)
def test_other_folders_are_not_recognised(tmp_path, photos):
    paint_all(tmp_path, photos)

    assert NestedFolders().recognise(tmp_path) is None


@pytest.mark.parametrize(
    ("photos", "place", "message"),
    [
        (
            [*PHOTOS, "1.png"],
            "",
            "has 2 crop folders and 1 image outside them; put each photo in a folder of its "
            "disease, in a folder of its crop, as in Tomato/Late_blight/leaf1.jpg.",
        ),
        (
            [],
            "",
            "has 0 crop folders and 0 images outside them; put each photo in a folder of its "
            "disease, in a folder of its crop, as in Tomato/Late_blight/leaf1.jpg.",
        ),
        (
            [*PHOTOS, "Mint/1.png"],
            "/Mint",
            "has 2 class folders and, next to them, 1 image without a class: '1.png'; "
            "move each into its class folder or elsewhere.",
        ),
        (
            ["Mint/rust/1.png"],
            "",
            "has one class folder, 'Mint___rust'; "
            "a classifier needs at least two classes, each in a separate folder.",
        ),
        (
            ["A___B/C/1.png", "A/B___C/1.png"],
            "",
            "has two folders for the class 'A___B___C', perhaps encoded differently; "
            "move their photos into one of them.",
        ),
        (
            ["Mint/rust/1.png", "mint/Rust/1.png"],
            "",
            "has the class folders 'Mint___rust' and 'mint___Rust', which differ only in case, "
            "blanks, dots or the way that characters and numbers are written; "
            "rename one of them, or move their photos into one.",
        ),
    ],
    ids=["loose photos", "empty", "photos of a crop", "one class", "one class twice", "case"],
)
def test_the_error_for_another_layout_describes_the_folder(tmp_path, photos, place, message):
    paint_all(tmp_path, photos)

    with pytest.raises(FolderLayoutError) as caught:
        NestedFolders().find(tmp_path)

    assert str(caught.value) == f"'{tmp_path}{place}' {message}"
