"""Folders of parts are read as parts or refused. They never become classes."""

from __future__ import annotations

import pytest

from tests.datasets.painting import paint_all
from transferleaf.datasets import open_leaves
from transferleaf.datasets.layouts import SplitFolders
from transferleaf.errors import ConfigError, FolderLayoutError

# Common names of two parts, and their meaning.
NAMES = [
    ("training_set", "test_set", ("train", "test")),
    ("train_data", "test_data", ("train", "test")),
    ("seg_train", "seg_test", ("train", "test")),
    ("trainset", "testset", ("train", "test")),
    ("train_images", "test_images", ("train", "test")),
    ("Train_aug", "Valid_aug", ("train", "val")),
    ("train", "dev", ("train", "val")),
    ("train", "eval", ("train", "test")),
    ("train_val", "test", ("train", "test")),
    ("train2017", "val2017", ("train", "val")),
]
UNCLEAR = [("fold_0", "fold_1"), ("split1", "split2"), ("set_a", "set_b"), ("val", "test")]


@pytest.mark.parametrize(("first", "second", "parts"), NAMES)
def test_class_folders_in_parts_are_read_with_the_parts(tmp_path, first, second, parts):
    paint_all(tmp_path, [f"{part}/{name}/1.png" for part in (first, second) for name in "ab"])

    data = open_leaves(tmp_path)

    assert data.classes == ("a", "b")
    folders = [name.partition("/")[0] for name in data.names]
    assert set(zip(folders, data.parts, strict=True)) == {(first, parts[0]), (second, parts[1])}


@pytest.mark.parametrize(("first", "second"), [names[:2] for names in NAMES] + UNCLEAR)
def test_photos_in_parts_without_classes_are_refused(tmp_path, first, second):
    paint_all(tmp_path, [f"{first}/1.png", f"{second}/2.png"])

    with pytest.raises(FolderLayoutError) as caught:
        open_leaves(tmp_path)

    assert caught.value.found.startswith("has folders that are named like parts (")
    assert first in caught.value.found
    assert second in caught.value.found


@pytest.mark.parametrize(("first", "second"), UNCLEAR)
def test_parts_without_a_train_part_are_refused_and_can_be_given(tmp_path, first, second):
    paint_all(tmp_path, [f"{part}/{name}/1.png" for part in (first, second) for name in "ab"])

    with pytest.raises(FolderLayoutError) as caught:
        open_leaves(tmp_path)

    parts = {min(first, second): "train", max(first, second): "test"}
    assert str(caught.value) == (
        f"'{tmp_path}' is split into parts ({', '.join(parts)}), and none of them is called train; "
        f"call them train, val and test, or name one of them, such as "
        f"'{tmp_path / next(iter(parts))}'. "
        f"In Python, layout=SplitFolders(parts={parts}) names the parts."
    )
    assert open_leaves(tmp_path, layout=SplitFolders(parts=parts)).parts == (
        *("train", "train"),
        *("test", "test"),
    )


def test_several_folders_may_be_one_part(tmp_path):
    paint_all(tmp_path, ["f0/a/1.png", "f1/b/1.png", "f2/a/1.png", "more/c/1.png"])

    data = open_leaves(
        tmp_path, layout=SplitFolders(parts={"f0": "train", "f1": "train", "f2": "val"})
    )

    assert data.classes == ("a", "b")
    assert data.parts == ("train", "train", "val")


def test_given_parts_must_exist_and_include_train(tmp_path):
    paint_all(tmp_path, ["f0/a/1.png", "f1/a/1.png"])

    with pytest.raises(ConfigError, match='call one of the folders "train"'):
        SplitFolders(parts={"f0": "test"})
    with pytest.raises(ConfigError, match="which are 'f0', 'f1'; it names 'f7'"):
        open_leaves(tmp_path, layout=SplitFolders(parts={"f7": "train"}))


def test_parts_inside_class_folders_are_not_classes(tmp_path):
    paint_all(tmp_path, [f"{name}/{part}/1.png" for name in "ab" for part in ("train", "test")])

    with pytest.raises(FolderLayoutError, match="has photos nested too deep"):
        open_leaves(tmp_path)


def test_test_photos_without_classes_do_not_prevent_training(tmp_path):
    paint_all(tmp_path, ["train/a/1.png", "train/b/1.png", "test/1.png"])

    with pytest.raises(FolderLayoutError) as caught:
        open_leaves(tmp_path)

    assert caught.value.found == (
        "has folders that are named like parts (test, train), and the photos in test are not in "
        "class folders"
    )
    assert f"or name '{tmp_path / 'train'}', which is read alone and split." in str(caught.value)


def test_folders_named_after_parts_next_to_others_need_a_choice(tmp_path):
    paint_all(tmp_path, ["train/1.png", "test/1.png", "plane/1.png"])

    with pytest.raises(FolderLayoutError, match='with the layout "class folders"'):
        open_leaves(tmp_path)

    assert open_leaves(tmp_path, layout="class folders").classes == ("plane", "test", "train")


def kaggle(tmp_path, rows: str):
    """Kaggle's layout: a folder of photos per part, and a table of labels next to them."""
    paint_all(tmp_path, [f"train_images/{number}.png" for number in range(4)])
    paint_all(tmp_path, ["test_images/9.png", "test_images/0.png"])
    (tmp_path / "train.csv").write_text(rows)
    (tmp_path / "sample_submission.csv").write_text("image_id,label\n9.png,4\n0.png,4\n")
    (tmp_path / "label_num_to_disease_map.json").write_text("{}")
    return tmp_path


def test_the_table_next_to_folders_of_parts_is_used(tmp_path):
    root = kaggle(tmp_path, "image_id,label\n0.png,0\n1.png,1\n2.png,0\n3.png,1\n")

    data = open_leaves(root)

    assert data.classes == ("0", "1")
    assert data.names == tuple(f"train_images/{number}.png" for number in (0, 2, 1, 3))
    assert data.origin.startswith(f"{root}, read as table (in 'train.csv', ")


def test_an_invalid_table_is_reported_with_the_folders(tmp_path):
    root = kaggle(tmp_path, "photo,diagnosis\n0.png,0\n")

    with pytest.raises(FolderLayoutError) as caught:
        open_leaves(root)

    assert caught.value.found.startswith("has a table that cannot be used: 'train.csv' has the")
    assert "Read by its folders, it has folders that are named like parts" in str(caught.value)


def test_folders_of_parts_in_a_tables_places_are_its_parts(tmp_path):
    paint_all(tmp_path, ["seg_train/1.png", "seg_train/2.png", "seg_test/1.png"])
    (tmp_path / "labels.csv").write_text(
        "path,label\nseg_train/1.png,a\nseg_train/2.png,b\nseg_test/1.png,a\n"
    )

    assert open_leaves(tmp_path).parts == ("train", "train", "test")


def test_a_folder_of_photos_that_the_table_does_not_list_is_among_what_was_left_out(tmp_path):
    root = kaggle(tmp_path, "image_id,label\n0.png,0\n1.png,1\n2.png,0\n")

    assert open_leaves(root).ignored == (root / "train_images/3.png", root / "test_images")
