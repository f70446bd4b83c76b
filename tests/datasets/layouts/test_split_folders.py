from __future__ import annotations

import pytest

from tests.datasets.painting import paint_all
from transferleaf.datasets.layouts.split_folders import SplitFolders, refuse_split_folders
from transferleaf.errors import ClassMismatchError, FolderLayoutError

TRAIN = ["train/a/1.png", "train/b/1.png"]


@pytest.mark.parametrize("val", ["val", "valid", "validation", "Val", "VALIDATION"])
def test_the_parts_are_found_under_their_usual_names(tmp_path, val):
    paint_all(tmp_path, [*TRAIN, f"{val}/a/2.png", "Test/b/3.png"])

    found = SplitFolders().find(tmp_path)

    assert found.parts == ("train", "train", "val", "test")
    assert found.names == (*TRAIN, f"{val}/a/2.png", "Test/b/3.png")


@pytest.mark.parametrize("other", ["val", "test"])
def test_one_part_besides_train_is_enough(tmp_path, other):
    paint_all(tmp_path, [*TRAIN, f"{other}/a/2.png"])

    assert SplitFolders().find(tmp_path).parts == ("train", "train", other)


def test_all_parts_have_the_classes_of_train(tmp_path):
    paint_all(tmp_path, [*TRAIN, "val/b/2.png"])

    found = SplitFolders().find(tmp_path)

    assert found.classes == ("a", "b")
    assert found.labels == (0, 1, 1)


def test_a_class_that_train_lacks_is_an_error(tmp_path):
    paint_all(tmp_path, [*TRAIN, "test/a/2.png", "test/c/2.png"])

    with pytest.raises(ClassMismatchError) as caught:
        SplitFolders().find(tmp_path)

    assert str(caught.value) == (
        "the classes of test differ from train's: missing ['b'], unknown ['c']; "
        "give both the same classes; relabel() renames them or leaves them out."
    )


@pytest.mark.parametrize(
    ("photos", "message"),
    [
        (
            ["a/1.png", "b/1.png"],
            "is not split into parts (it contains 'a', 'b'); "
            "it needs train and val or test or both, each with class folders; "
            'the layout "class folders" reads those that are not split.',
        ),
        (
            [*TRAIN, "val/a/1.png", "Valid/a/1.png"],
            "has two folders for val, 'Valid' and 'val'; move their photos into one of them, or "
            "rename one of them. In Python, layout=SplitFolders(parts={'Valid': 'train', "
            "'val': 'test'}) names the parts.",
        ),
        (
            [*TRAIN, "val/a/1.png", "extra/a/1.png"],
            "has folders for parts (train, val) and others: 'extra'; move the others away, or call "
            "them train, val or test. In Python, layout=SplitFolders(parts={'train': 'train', "
            "'val': 'test'}) names the parts.",
        ),
    ],
    ids=["not split", "a part twice", "a stranger"],
)
def test_the_error_for_another_layout_describes_the_folder(tmp_path, photos, message):
    paint_all(tmp_path, photos)

    with pytest.raises(FolderLayoutError) as caught:
        SplitFolders().find(tmp_path)

    assert str(caught.value) == f"'{tmp_path}' {message}"


def test_train_needs_two_classes(tmp_path):
    paint_all(tmp_path, ["train/a/1.png", "val/a/1.png"])

    with pytest.raises(FolderLayoutError, match="train' has one class folder, 'a'; a classifier"):
        SplitFolders().find(tmp_path)


def test_split_folders_are_not_read_as_classes(tmp_path):
    paint_all(tmp_path, [*TRAIN, "test/a/1.png"])

    with pytest.raises(FolderLayoutError) as caught:
        refuse_split_folders(tmp_path)

    assert str(caught.value) == (
        f"'{tmp_path}' is split into parts (test, train); "
        'the layout "split folders" reads them as they are, and so does '
        "LeafDataset.from_split_folders."
    )


def test_train_alone_is_read_as_class_folders(tmp_path):
    paint_all(tmp_path, TRAIN)

    with pytest.raises(FolderLayoutError) as caught:
        refuse_split_folders(tmp_path)

    assert str(caught.value) == (
        f"'{tmp_path}' has one part, train; name '{tmp_path}/train', and it is split when read."
    )


def test_parts_without_class_folders_are_not_read_as_classes(tmp_path):
    paint_all(tmp_path, ["train/1.png", "test/1.png"])

    with pytest.raises(FolderLayoutError) as caught:
        refuse_split_folders(tmp_path)

    assert str(caught.value) == (
        f"'{tmp_path}' has folders that are named like parts (test, train), and the photos in "
        "test, train are not in class folders; list the photos with their classes in a table "
        "next to these folders; or put the photos of each class in a separate folder in each "
        "part, as in "
        "test/Tomato___Late_blight/leaf1.jpg."
    )


@pytest.mark.parametrize("names", [["train/1.png", "plane/1.png"], ["a/1.png", "test/1.png"]])
def test_a_class_can_have_the_name_of_a_part(tmp_path, names):
    paint_all(tmp_path, names)

    assert refuse_split_folders(tmp_path) is None
