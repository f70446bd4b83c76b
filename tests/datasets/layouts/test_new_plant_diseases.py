from __future__ import annotations

import pytest

from tests.datasets.painting import paint_all
from transferleaf.datasets import open_leaves
from transferleaf.datasets.layouts.layout import Recognition
from transferleaf.datasets.layouts.new_plant_diseases import NewPlantDiseases
from transferleaf.errors import ClassMismatchError, FolderLayoutError

ARCHIVE = "New Plant Diseases Dataset(Augmented)"
UUID = "00075aa8-d81a-4184-8541-b692b78d398a"
SCAB = f"{UUID}___FREC_Scab 3335"
TRAIN = [f"train/scab/{SCAB}.JPG", f"train/scab/{SCAB}_90deg.JPG", "train/rust/RS_Rust 1563.JPG"]
VALID = [f"valid/scab/{SCAB}_new30degFlipLR.JPG", "valid/rust/RS_Rust 1700_flipTB.JPG"]
TEST = ["test/test/AppleScab1.JPG", "test/test/AppleScab2.JPG"]


def paint_archive(root):
    """The folders of the archive: test is next to the outer of the two folders."""
    paint_all(root / ARCHIVE / ARCHIVE, [*TRAIN, *VALID])
    return paint_all(root, TEST)


@pytest.mark.parametrize("place", ["", ARCHIVE, f"{ARCHIVE}/{ARCHIVE}"])
def test_any_folder_above_the_parts_is_accepted(tmp_path, place):
    root = paint_archive(tmp_path) / place

    found = NewPlantDiseases().find(root)

    assert found.classes == ("rust", "scab")
    assert found.parts == ("train", "train", "train", "val", "val")
    assert [root / name for name in found.names] == list(found.paths)


def test_photos_without_labels_are_left_out_and_reported(tmp_path):
    paint_archive(tmp_path)

    found = NewPlantDiseases().find(tmp_path)
    recognition = NewPlantDiseases().recognise(tmp_path)

    assert found.ignored == (tmp_path / "test",)
    assert recognition == Recognition(
        reason=(
            "1 of 3 photos in train have names of augmented copies; left out: 'test' with 2 photos"
        ),
        sure=True,
    )


def test_a_second_copy_of_the_folders_is_left_out_and_reported(tmp_path):
    second = ARCHIVE.lower()
    for folder in (ARCHIVE, second):
        paint_all(tmp_path / folder, [*TRAIN, *VALID])

    found = NewPlantDiseases().find(tmp_path)
    recognition = NewPlantDiseases().recognise(tmp_path)

    assert len(found.paths) == 5
    assert found.ignored == (tmp_path / second,)
    assert recognition.reason.endswith(f"; left out: '{second}' with 5 photos")


def test_test_photos_in_class_folders_are_a_part(tmp_path):
    paint_all(tmp_path, [*TRAIN, *VALID, "test/scab/1.JPG"])

    found = NewPlantDiseases().find(tmp_path)

    assert found.parts == ("train", "train", "train", "val", "val", "test")
    assert found.ignored == ()


def test_the_publishers_parts_are_kept_and_their_leak_is_counted(tmp_path):
    paint_archive(tmp_path)

    train, val = split = open_leaves(tmp_path).split()

    assert (len(train), len(val)) == (3, 2)
    assert val.leaves == ("rust:RS_Rust1700", "scab:FREC_Scab3335")
    assert split.leaked() == 1


@pytest.mark.parametrize(
    "photos",
    [
        ["train/a/1.png", "train/b/1.png", "val/a/2.png"],
        ["train/a/1_90deg.png", "train/b/1.png", "test/a/2.png"],
        ["train/a/1 copy.png", "train/b/1.png", "val/a/2.png"],
        [f"{ARCHIVE}/a/1_90deg.png", f"{ARCHIVE}/b/1.png"],
        ["a/1_90deg.png", "b/1.png"],
        ["train/1_90deg.png", "valid/1_180deg.png"],
    ],
    ids=["no copies", "no valid", "copied, not changed", "no parts", "class folders", "no classes"],
)
def test_other_folders_are_not_recognised(tmp_path, photos):
    paint_all(tmp_path, photos)

    assert NewPlantDiseases().recognise(tmp_path) is None


def test_a_few_changed_copies_are_not_enough(tmp_path):
    photos = [f"train/{name}/{number}.png" for name in "ab" for number in range(10)]
    paint_all(tmp_path, [*photos, "train/a/1_90deg.png", "valid/a/11.png"])

    assert NewPlantDiseases().recognise(tmp_path) is None


def test_another_layout_says_what_is_missing(tmp_path):
    paint_all(tmp_path, ["a/1.png", "b/1.png"])

    with pytest.raises(FolderLayoutError) as caught:
        NewPlantDiseases().find(tmp_path)

    assert str(caught.value) == (
        f"'{tmp_path}' has no folders train and valid, and no folder 'New Plant Diseases "
        "Dataset' in it; name the folder that the dataset was unpacked into."
    )


@pytest.mark.parametrize("part", ["valid", "test"])
def test_a_class_that_train_lacks_is_an_error(tmp_path, part):
    paint_all(tmp_path, [*TRAIN, "valid/rust/1.JPG", "valid/scab/1.JPG"])
    paint_all(tmp_path, [f"{part}/mildew/1.JPG", f"{part}/rust/1.JPG", f"{part}/scab/1.JPG"])

    with pytest.raises(ClassMismatchError) as caught:
        NewPlantDiseases().find(tmp_path)

    assert str(caught.value) == (
        f"the classes of {part.removesuffix('id')} differ from train's: missing [], "
        "unknown ['mildew']; give both the same classes; relabel() renames them or leaves them out."
    )


def test_a_second_folder_of_a_part_is_an_error(tmp_path):
    paint_all(
        tmp_path, [*TRAIN, *VALID, *(name.replace("train/", "train_small/") for name in TRAIN)]
    )

    with pytest.raises(FolderLayoutError, match="two folders for train"):
        open_leaves(tmp_path)
