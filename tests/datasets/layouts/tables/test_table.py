from __future__ import annotations

import sys
import unicodedata

import pytest

from tests.datasets.painting import paint, paint_all
from transferleaf.datasets import LeafDataset, open_leaves
from transferleaf.datasets.layouts.tables.table import Table
from transferleaf.errors import (
    ClassMismatchError,
    ConfigError,
    FolderLayoutError,
    TableError,
)

PLANT_PATHOLOGY = (
    "image_id,healthy,multiple_diseases,rust,scab\n"
    "Train_0,0,0,0,1\nTrain_1,0,1,0,0\nTrain_2,1,0,0,0\nTrain_3,0,0,1,0\n"
)


def write(folder, text, name="photos.csv"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def found_in(root, rows, header="path,label", **columns):
    return Table(**columns).find(write(root, f"{header}\n" + "".join(f"{row}\n" for row in rows)))


def test_photos_come_in_order_of_class_and_name(tmp_path):
    paint_all(tmp_path, ["x/2.png", "x/1.png", "3.png"])

    found = found_in(tmp_path, ["x/2.png,rust", "x/1.png,rust", "3.png,Mildew"])

    assert found.classes == ("Mildew", "rust")
    assert found.names == ("3.png", "x/1.png", "x/2.png")
    assert found.paths == tuple(tmp_path / name for name in found.names)
    assert found.labels == (0, 1, 1)
    assert (found.parts, found.leaves, found.ignored) == ((), (), ())


def test_plant_pathology_2020_is_read_as_published(tmp_path):
    paint_all(tmp_path, [f"images/Train_{n}.jpg" for n in range(4)] + ["images/Test_0.jpg"])
    write(tmp_path, PLANT_PATHOLOGY, "train.csv")
    write(tmp_path, "image_id\nTest_0\n", "test.csv")
    write(
        tmp_path,
        "image_id,healthy,multiple_diseases,rust,scab\nTest_0,0.25,0.25,0.25,0.25\n",
        "sample_submission.csv",
    )

    data = open_leaves(tmp_path)

    assert data.class_counts() == {"healthy": 1, "multiple_diseases": 1, "rust": 1, "scab": 1}
    assert data.names[0] == "images/Train_2.jpg"
    assert [path.name for path in data.ignored] == ["Test_0.jpg"]
    assert data.origin.startswith(
        f"{tmp_path}, read as table (in 'train.csv', the column 'image_id' names photos and "
        "'healthy', 'multiple_diseases', 'rust' and 1 more are classes)"
    )


@pytest.mark.parametrize(
    ("place", "photo"),
    [
        ("a/1.png", "a/1.png"),
        ("./a/1.png", "a/1.png"),
        ("a/1", "a/1.png"),
        ("1.png", "images/1.png"),
        ("1", "train_images/1.JPG"),
        ("1.v2", "IMG/1.v2.jpeg"),
        ("a\\1.png", "a/1.png"),
        ("é.png", unicodedata.normalize("NFD", "é.png")),
        ("잎 🍃.png", "잎 🍃.png"),
    ],
)
def test_paths_are_found_in_all_usual_notations(tmp_path, place, photo):
    paint_all(tmp_path, [photo, "2.png"])

    found = found_in(tmp_path, [f'"{place}",rust', "2.png,mildew"])

    assert found.paths == (tmp_path / "2.png", tmp_path / photo)
    assert found.names == ("2.png", unicodedata.normalize("NFC", photo))


def test_a_photo_next_to_the_table_has_priority_over_one_in_images(tmp_path):
    paint_all(tmp_path, ["1.png", "images/1.png", "2.png"])

    assert found_in(tmp_path, ["1.png,a", "2.png,b"]).names == ("1.png", "2.png")


def test_a_photo_elsewhere_is_named_as_written(tmp_path):
    paint_all(tmp_path, ["photos/1.png", "photos/2.png"])
    absolute = tmp_path / "photos/2.png"

    found = found_in(tmp_path / "tables", ["../photos/1.png,a", f"{absolute},b"])

    assert found.names == ("../photos/1.png", str(absolute))


def test_an_absolute_path_in_the_folder_becomes_relative(tmp_path):
    paint_all(tmp_path, ["1.png", "2.png"])

    assert found_in(tmp_path, [f"{tmp_path / '1.png'},a", "2.png,b"]).names == ("1.png", "2.png")


def test_a_table_in_the_working_folder_is_read(tmp_path, monkeypatch):
    paint_all(tmp_path, ["1.png", "2.png"])
    write(tmp_path, "path,label\n1.png,a\n2.png,b\n")
    monkeypatch.chdir(tmp_path)

    assert LeafDataset.from_found(Table().find(tmp_path), leaves=None, origin="").names == (
        open_leaves("photos.csv").names
    )


def test_parts_get_their_usual_names_and_order(tmp_path):
    paint_all(tmp_path, ["1.png", "2.png", "3.png", "4.png"])
    rows = ["1.png,a,extra", "2.png,a,Validation", "3.png,a,train", "4.png,b,training"]

    found = found_in(tmp_path, rows, header="file,label,split")

    assert found.names == ("3.png", "4.png", "2.png", "1.png")
    assert found.parts == ("train", "train", "val", "extra")


def test_folders_of_parts_are_parts(tmp_path):
    names = ["train/1.png", "train/2.png", "test/1.png"]
    paint_all(tmp_path, names)

    found = found_in(tmp_path, ["train/1.png,a", "train/2.png,b", "test/1.png,a"])

    assert found.parts == ("train", "train", "test")


def test_a_single_part_is_ignored(tmp_path):
    paint_all(tmp_path, ["train/1.png", "train/2.png"])

    assert found_in(tmp_path, ["train/1.png,a", "train/2.png,b"]).parts == ()


def test_a_column_contains_the_leaves(tmp_path):
    paint_all(tmp_path, ["1.png", "2.png", "3.png"])

    found = found_in(
        tmp_path, ["1.png,a,L1", "2.png,a,", "3.png,b,L2"], header="file,label,leaf_id"
    )

    assert found.leaves == ("L1", None, "L2")
    assert found.told_by == {"column 'leaf_id'": 2}


def test_columns_may_be_named(tmp_path):
    paint_all(tmp_path, ["1.png", "2.png"])
    header = "photo,said,plot,part_of"

    found = found_in(
        tmp_path,
        ["1.png,a,p1,train", "2.png,b,p2,train"],
        header=header,
        path_column="photo",
        label_column="said",
        leaf_column="plot",
        part_column="part_of",
    )

    assert (found.classes, found.leaves) == (("a", "b"), ("p1", "p2"))


def test_the_same_row_twice_is_one_photo(tmp_path):
    paint_all(tmp_path, ["images/1.png", "2.png"])

    assert len(found_in(tmp_path, ["1.png,a", "images/1.png,a", "2.png,b"]).paths) == 2


@pytest.mark.parametrize(
    ("header", "rows", "what"),
    [
        ("path,label", ["1.png,a", "1.png,b", "2.png,b"], "classes"),
        ("path,label,split", ["1.png,a,train", "1.png,a,test", "2.png,b,train"], "parts"),
        ("path,label,leaf", ["1.png,a,x", "1.png,a,y", "2.png,b,z"], "leaves"),
    ],
)
def test_a_photo_with_different_rows_is_refused(tmp_path, header, rows, what):
    paint_all(tmp_path, ["1.png", "2.png"])

    with pytest.raises(TableError) as caught:
        found_in(tmp_path, rows, header=header)

    assert str(caught.value) == (
        f"the table '{tmp_path}/photos.csv' gives 1 photo several {what}: '1.png'; "
        "keep one row for each photo."
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            ["1.png,a", "x.png,a", "y.png,b", ",b", "z.png,b", "u.png,b"],
            "names 6 photos, 5 of which are not there: 'x.png', 'y.png', '' and 2 more; "
            "put them there, or correct the column 'path'.",
        ),
        (
            ["1.png,a", "readme,b"],
            "names 2 photos, 1 of which is not there: 'readme'; "
            "put them there, or correct the column 'path'.",
        ),
        (
            ["1.png,a", "3,b"],
            "names 2 photos, 1 of which may be several files: '3'; "
            "write folder and file extension in 'path'.",
        ),
        ([], "contains no photos; give it a row for each photo."),
        (["1.png,a"], "contains one class, 'a'; a classifier needs at least two classes."),
    ],
    ids=["missing", "no photo", "two endings", "no rows", "one class"],
)
def test_a_table_that_fits_no_photos_says_which(tmp_path, rows, message):
    paint_all(tmp_path, ["1.png", "3.png", "3.jpg"])
    (tmp_path / "readme.txt").touch()

    with pytest.raises(TableError) as caught:
        found_in(tmp_path, rows)

    assert str(caught.value) == f"the table '{tmp_path}/photos.csv' {message}"


def test_a_photo_in_two_folders_of_images_is_not_guessed(tmp_path):
    paint_all(tmp_path, ["train_images/1.png", "test_images/1.png", "2.png"])

    with pytest.raises(TableError) as caught:
        found_in(tmp_path, ["1.png,a", "2.png,b"])

    assert caught.value.photos == ("1.png",)
    assert "1 of which may be several files: '1.png'" in str(caught.value)


def test_a_part_for_some_photos_is_refused(tmp_path):
    paint_all(tmp_path, ["1.png", "2.png"])

    with pytest.raises(TableError) as caught:
        found_in(tmp_path, ["1.png,a,train", "2.png,b,"], header="path,label,split")

    assert caught.value.found == "has a part for some photos, but none for 1: '2.png'"


def test_a_class_that_train_lacks_is_refused(tmp_path):
    paint_all(tmp_path, ["1.png", "2.png"])

    with pytest.raises(ClassMismatchError) as caught:
        found_in(tmp_path, ["1.png,a,train", "2.png,b,test"], header="path,label,split")

    assert str(caught.value) == (
        "the classes of test differ from train's: missing ['a'], unknown ['b']; "
        "give both the same classes; relabel() renames them or leaves them out."
    )


def test_a_missing_column_is_refused(tmp_path):
    paint(tmp_path / "1.png")

    with pytest.raises(ConfigError, match="label_column='said' must be one of"):
        found_in(tmp_path, ["1.png,a"], label_column="said")


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ([], "contains no table; it needs a file that ends in '.csv', '.tsv', '.parquet'."),
        (
            ["a.csv", "b.tsv"],
            "contains several tables: 'a.csv', 'b.tsv'; name one of them, or call them train, "
            "val and "
            "test if they list the parts of one data set.",
        ),
    ],
)
def test_a_folder_needs_one_table(tmp_path, tables, message):
    paint_all(tmp_path, ["1.png", "2.png"])
    [write(tmp_path, "path,label\n1.png,a\n2.png,b\n", name) for name in tables]

    with pytest.raises(FolderLayoutError) as caught:
        Table().find(tmp_path)

    assert str(caught.value) == f"'{tmp_path}' {message}"


def test_another_file_is_not_a_table(tmp_path):
    with pytest.raises(TableError) as caught:
        Table().find(write(tmp_path, "path,label\n", "notes.txt"))

    assert caught.value.found == "is none"


def test_a_folder_is_recognised_by_a_table_whose_photos_are_there(tmp_path):
    paint_all(tmp_path, ["1.png", "2.png"])
    write(tmp_path, "path,label\n1.png,a\n2.png,b\n")
    write(tmp_path, "file,leaf\n1.png,x\n", "leaves.csv")

    recognition = Table().recognise(tmp_path)

    assert recognition.sure
    assert recognition.reason == (
        "in 'photos.csv', the columns 'path' and 'label' name photos and classes"
    )


@pytest.mark.parametrize(
    "text",
    ["path,label\nx.png,a\n", "photo,said\n1.png,a\n", "path,label\n", "path,label\n1.png\n", ""],
    ids=["other photos", "other columns", "no rows", "damaged", "empty"],
)
def test_a_folder_with_another_csv_is_not_recognised(tmp_path, text):
    paint(tmp_path / "1.png")
    write(tmp_path, text)

    assert Table().recognise(tmp_path) is None


def test_several_tables_are_recognised_without_being_sure(tmp_path):
    paint(tmp_path / "1.png")
    [write(tmp_path, "path,label\n1.png,a\n", name) for name in ("a.csv", "b.csv")]

    recognition = Table().recognise(tmp_path)

    assert not recognition.sure
    assert recognition.reason == "it contains tables that list photos ('a.csv', 'b.csv')"


@pytest.mark.parametrize(("text", "sure"), [("path,label\n1.png,a\n", True), ("x,y\n1,2\n", False)])
def test_a_csv_file_is_a_table_even_with_other_columns(tmp_path, text, sure):
    paint(tmp_path / "1.png")

    assert Table().recognise(write(tmp_path, text)).sure is sure


def test_a_saved_split_in_the_folder_is_left_to_its_own_layout(tmp_path):
    paint_all(tmp_path, ["a/1.png", "b/1.png"])
    LeafDataset.from_folder(tmp_path).save(tmp_path / "saved.csv")

    assert Table().recognise(tmp_path) is None


def test_a_parquet_file_is_not_sure_to_be_one_without_pyarrow(tmp_path, monkeypatch):
    (tmp_path / "photos.parquet").touch()
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    recognition = Table().recognise(tmp_path)

    assert not recognition.sure
    assert recognition.reason == ("in 'photos.parquet', it cannot be read without pyarrow")


def test_a_name_that_is_too_long_is_not_recognised(tmp_path):
    assert Table().recognise(tmp_path / ("x" * 5000 + ".csv")) is None


def write_parts(root, **parts):
    """Photos in one folder, and a table per part, given as class names by number of the photo."""
    for name, classes in parts.items():
        paint_all(root, [f"images/{name}{number}.jpg" for number in range(len(classes))])
        rows = "".join(f"{name}{number},{each}\n" for number, each in enumerate(classes))
        write(root, f"image_id,label\n{rows}", f"{name}.csv")
    return root


def test_tables_named_after_parts_are_read_together(tmp_path):
    root = write_parts(tmp_path, train=["rust", "scab"], val=["scab"], test=["rust"])

    data = open_leaves(root)

    assert data.parts == ("train", "train", "val", "test")
    assert data.names[2:] == ("images/val0.jpg", "images/test0.jpg")
    assert "it contains a table for each part ('test.csv', 'train.csv', 'val.csv')" in data.origin


def test_a_part_table_with_missing_photos_is_reported(tmp_path):
    root = write_parts(tmp_path, train=["rust", "scab"], test=["rust"])
    write(root, "image_id,label\nlost,rust\n", "test.csv")

    with pytest.raises(TableError, match="names 1 photo, 1 of which is not there: 'lost'"):
        open_leaves(root)


def test_a_part_table_with_a_class_that_train_lacks_is_refused(tmp_path):
    root = write_parts(tmp_path, train=["rust", "scab"], test=["mildew"])

    with pytest.raises(ClassMismatchError, match="mildew"):
        open_leaves(root)


def test_a_photo_in_two_part_tables_is_refused(tmp_path):
    root = write_parts(tmp_path, train=["rust", "scab"], test=["rust"])
    write(root, "image_id,label\ntrain0,rust\n", "test.csv")

    with pytest.raises(TableError, match=r"gives 1 photo several parts: 'images/train0.jpg'"):
        open_leaves(root)


def test_a_part_table_with_another_part_is_refused(tmp_path):
    root = write_parts(tmp_path, train=["rust", "scab"], test=["rust"])
    write(root, "image_id,label,split\ntest0,rust,val\n", "test.csv")

    with pytest.raises(TableError, match="is named after the part 'test', but puts photos into"):
        open_leaves(root)


@pytest.mark.parametrize("other", ["val", "labels"])
def test_tables_that_are_no_parts_together_are_refused_with_both_ways_out(tmp_path, other):
    names = {"train": ["rust", "scab"], "labels": ["rust", "scab"], other: ["rust", "scab"]}
    root = write_parts(tmp_path, **names)

    with pytest.raises(
        FolderLayoutError, match=r"contains several tables: .* name one of them, or "
    ):
        open_leaves(root)
