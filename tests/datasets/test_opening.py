from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.datasets.painting import paint, paint_all
from transferleaf.datasets import opening
from transferleaf.datasets.layouts import LAYOUTS
from transferleaf.datasets.layouts.class_folders import ClassFolders
from transferleaf.datasets.layouts.layout import Recognition
from transferleaf.datasets.layouts.tables.table import Table
from transferleaf.datasets.opening import open_leaves
from transferleaf.errors import ConfigError, FolderLayoutError, LeafMapError

CLASSES = ["a/1.png", "a/2.png", "b/1.png"]
NESTED = ["Mint/rust/1.png", "Mint/healthy/1.png", "Sage/rust/1.png"]
PUT = "put the photos of each class in a separate folder, as in Tomato___Late_blight/leaf1.jpg."
NAME = "name a folder that contains one folder of photos per class."


def pictures() -> str:
    """The common end of all errors of ``open_leaves``."""
    shown = "".join(f"\n  {layout.name}: {layout.picture}" for layout in reversed(LAYOUTS))
    return f"Layouts that can be read:{shown}"


@pytest.mark.parametrize(
    ("photos", "read_as"),
    [
        (CLASSES, "class folders (2 of its folders contain photos)"),
        (NESTED, "nested folders (2 folders contain 3 folders of photos)"),
        (
            ["train/a/1.png", "train/b/1.png", "val/a/2.png"],
            "split folders (it contains folders for parts (train, val))",
        ),
        (
            ["train/a/1.png", "train/a/1_90deg.png", "train/b/1.png", "valid/a/1_flipLR.png"],
            "new plant diseases (1 of 3 photos in train have names of augmented copies)",
        ),
    ],
    ids=lambda value: value.partition(" (")[0] if isinstance(value, str) else "",
)
def test_the_origin_contains_the_layout_and_the_reason(tmp_path, photos, read_as):
    paint_all(tmp_path, photos)

    data = open_leaves(tmp_path, leaves=None)

    assert data.origin == f"{tmp_path}, read as {read_as}; leaf ids: unknown ({len(photos)})"
    assert len(data) == len(photos)


class Guess:
    """Class folders under another name."""

    def __init__(self, name: str, *, sure: bool) -> None:
        self.name = name
        self.picture = "?"
        self.sure = sure

    def recognise(self, root):
        return Recognition(reason="so it seems", sure=self.sure)

    def find(self, root):
        return ClassFolders().find(root)


@pytest.mark.parametrize(
    ("sure", "read_as"),
    [
        ((False, True, False), "B (so it seems)"),
        ((False, False, False), "A (so it seems); it could also be read as B: layout='B'; "),
        ((False, True, True), "B (so it seems); it could also be read as C: layout='C'"),
    ],
    ids=["one is sure", "none is sure", "two are sure"],
)
def test_alternatives_are_listed_if_there_is_doubt(tmp_path, monkeypatch, sure, read_as):
    paint_all(tmp_path, CLASSES)
    guesses = tuple(Guess(name, sure=is_sure) for name, is_sure in zip("ABC", sure, strict=True))
    monkeypatch.setattr(opening, "LAYOUTS", guesses)

    origin = open_leaves(tmp_path).origin

    assert origin.startswith(f"{tmp_path}, read as {read_as}")


def test_several_alternatives_are_all_named(tmp_path, monkeypatch):
    paint_all(tmp_path, CLASSES)
    monkeypatch.setattr(opening, "LAYOUTS", tuple(Guess(name, sure=False) for name in "ABC"))

    assert open_leaves(tmp_path).origin == (
        f"{tmp_path}, read as A (so it seems); it could also be read as B: layout='B'; "
        "or as C: layout='C'; leaf ids: unknown (3)"
    )


def test_a_layout_can_be_named(tmp_path):
    paint_all(tmp_path, ["Mint/rust/1.png", "Mint/healthy/1.png"])

    data = open_leaves(str(tmp_path), layout="nested folders")

    assert data.classes == ("Mint___healthy", "Mint___rust")
    assert data.origin == (f"{tmp_path}, read as nested folders (as asked); leaf ids: unknown (2)")


def test_a_custom_layout_can_be_given(tmp_path):
    paint_all(tmp_path, CLASSES)

    data = open_leaves(tmp_path, layout=Guess("mine", sure=True))

    assert data.origin == f"{tmp_path}, read as mine (as asked); leaf ids: unknown (3)"


@pytest.mark.parametrize("layout", ["folders", 7, "Class folders"])
def test_an_unknown_layout_is_an_error_that_lists_all(tmp_path, layout):
    with pytest.raises(ConfigError) as caught:
        open_leaves(tmp_path, layout=layout)

    names = [known.name for known in LAYOUTS]
    assert str(caught.value) == f"layout={layout!r} must be a Layout or one of {names}."


def test_a_layout_without_its_brackets_is_an_error(tmp_path):
    with pytest.raises(ConfigError) as caught:
        open_leaves(tmp_path, layout=Table)

    assert str(caught.value).startswith(f"layout={Table!r} must be a Layout or one of ['manifest',")


def test_metadata_of_hugging_face_are_not_also_called_a_table(tmp_path):
    paint_all(tmp_path, ["1.png", "2.png"])
    (tmp_path / "metadata.csv").write_text("file_name,label\n1.png,rust\n2.png,mildew\n")

    data = open_leaves(tmp_path)

    assert data.origin == (
        f"{tmp_path}, read as hugging face metadata ('metadata.csv' has a column 'file_name'); "
        "leaf ids: unknown (2)"
    )


def test_one_file_of_metadata_is_read_as_the_table_that_it_is(tmp_path):
    paint_all(tmp_path, ["1.png", "2.png"])
    (tmp_path / "metadata.csv").write_text("file_name,label\n1.png,rust\n2.png,mildew\n")

    data = open_leaves(tmp_path / "metadata.csv")

    assert data.origin.startswith(f"{tmp_path}/metadata.csv, read as table (the columns ")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            b"photo,diagnosis\n1.png,rust\n",
            "has the columns ['photo', 'diagnosis'], and it is not clear which contain the "
            "photos and their classes; call them path and label, or name them in Python: "
            'layout=Table(path_column="photo", label_column="diagnosis").',
        ),
        ("path,label\n1.png,녹병\n".encode("cp949"), "is not in UTF-8; save it in UTF-8."),
        (
            b"path,label\n1.png,rust\n3.png,rot\n",
            "names 2 photos, 1 of which is not there: '3.png'; put them there, or correct the "
            "column 'path'.",
        ),
    ],
    ids=["other columns", "another encoding", "absent photos"],
)
def test_problems_of_a_table_are_reported_first(tmp_path, content, told):
    paint_all(tmp_path, ["images/1.png", "images/2.png"])
    (tmp_path / "labels.csv").write_bytes(content)

    with pytest.raises(FolderLayoutError) as caught:
        open_leaves(tmp_path)

    assert str(caught.value) == (
        f"'{tmp_path}' has a table that cannot be used: 'labels.csv' {told} "
        "Read by its folders, it has one class folder, 'images'; "
        "a classifier needs at least two classes, each in a separate folder. "
        f"{pictures()}"
    )


def test_leaf_ids_come_from_the_given_source(tmp_path):
    paint_all(tmp_path, CLASSES)

    data = open_leaves(tmp_path, leaves={"a/1.png": "x", "a/2.png": "x", "b/1.png": None})

    assert data.leaves == ("x", "x", None)
    with pytest.raises(LeafMapError):
        open_leaves(tmp_path, leaves={"a/1.png": "x"})


def test_the_publishers_parts_are_kept(tmp_path):
    paint_all(tmp_path, ["train/a/1.png", "train/b/1.png", "val/a/2.png"])

    train, val = open_leaves(tmp_path).split()

    assert (len(train), len(val)) == (2, 1)


@pytest.mark.parametrize(
    ("photos", "found", "expected"),
    [
        ([], "is empty", PUT),
        (["1.png", "2.png"], "has 0 class folders and 2 images", PUT),
        (
            ["a/1.png"],
            "has one class folder, 'a'",
            "a classifier needs at least two classes, each in a separate folder.",
        ),
        (
            ["PlantVillage/a/1.png", "PlantVillage/b/1.png"],
            "has photos nested too deep, as in 'PlantVillage/a/1.png'",
            "name '{root}/PlantVillage' instead if that contains the class folders.",
        ),
        (
            ["color/Mint___rust/1.png", "grey/Mint___rust/1.png"],
            "has photos nested too deep, as in 'color/Mint___rust/1.png'",
            "name '{root}/color' instead if that contains the class folders.",
        ),
        (
            ["a/b/c/d/1.png", "e/b/c/d/1.png"],
            "has photos nested too deep, as in 'a/b/c/d/1.png'",
            "put all photos of a class directly into its folder "
            "(folders Tomato/Late_blight become one folder Tomato___Late_blight).",
        ),
        (
            ["train/a/1.png", "train/b/1.png", "more/a/1.png"],
            "has one part, train",
            "name '{root}/train', and it is split when read.",
        ),
        (
            ["train/1.png", "train/2.png", "test/1.png"],
            "has folders that are named like parts (test, train), and the photos in test, train "
            "are not in class folders",
            "list the photos with their classes in a table next to these folders; or put the "
            "photos of each class in a separate folder in each part, as in "
            "test/Tomato___Late_blight/leaf1.jpg.",
        ),
    ],
    ids=[
        "empty",
        "no folders",
        "one class",
        "wrapped",
        "twice",
        "too deep",
        "train alone",
        "parts without classes",
    ],
)
def test_an_unknown_layout_is_described(tmp_path, photos, found, expected):
    paint_all(tmp_path, photos)

    with pytest.raises(FolderLayoutError) as caught:
        open_leaves(tmp_path)

    assert caught.value.found == found
    assert caught.value.expected == f"{expected.format(root=tmp_path)} {pictures()}"
    assert str(caught.value) == f"'{tmp_path}' {found}; {caught.value.expected}"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("gone", "does not exist"),
        ("x" * 300, "cannot be listed (file name too long)"),
        ("photo.png", "is a file"),
        ("notes.txt", "is a file"),
        ("loop", "cannot be listed (too many levels of symbolic links)"),
    ],
    ids=["missing", "a name that is too long", "a photo", "a file", "a link to itself"],
)
def test_a_missing_folder_is_described(tmp_path, name, found):
    paint(tmp_path / "photo.png")
    (tmp_path / "notes.txt").write_text("no photos")
    (tmp_path / "loop").symlink_to("loop")

    with pytest.raises(FolderLayoutError) as caught:
        open_leaves(tmp_path / name)

    assert str(caught.value) == f"'{tmp_path / name}' {found}; {NAME}"


def test_a_recognised_but_invalid_layout_is_reported(tmp_path):
    paint_all(tmp_path, CLASSES)
    (tmp_path / "c").mkdir()

    with pytest.raises(FolderLayoutError) as caught:
        open_leaves(tmp_path)

    assert str(caught.value) == (
        f"'{tmp_path}' has class folders without photos: 'c'; add photos to them or remove them."
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_folder_that_may_not_be_read_is_named(tmp_path):
    paint_all(tmp_path, CLASSES)
    (tmp_path / "b").chmod(0)

    with pytest.raises(FolderLayoutError) as caught:
        open_leaves(tmp_path)

    (tmp_path / "b").chmod(0o700)
    assert str(caught.value) == (f"'{tmp_path / 'b'}' cannot be read; change its permissions.")


@pytest.mark.parametrize("photos", [CLASSES, NESTED], ids=["class folders", "nested folders"])
@pytest.mark.parametrize("place", [".", "{class_folder}"])
def test_a_circular_link_does_not_hang(tmp_path, photos, place):
    paint_all(tmp_path, photos)
    folder = tmp_path / place.format(class_folder=str(Path(photos[0]).parent))
    (folder / "back").symlink_to(tmp_path, target_is_directory=True)
    (folder / "loop.png").symlink_to("loop.png")

    data = open_leaves(tmp_path)

    assert len(data) == 3
    assert "back" not in "".join(data.names)


def test_a_link_that_leads_back_is_named_among_the_photos(tmp_path):
    paint_all(tmp_path, CLASSES)
    (tmp_path / "a/back").symlink_to(tmp_path / "a", target_is_directory=True)

    assert open_leaves(tmp_path).ignored == (tmp_path / "a/back",)


def test_a_link_to_a_folder_elsewhere_is_followed(tmp_path):
    paint_all(tmp_path, ["photos/a/1.png", "photos/b/1.png", "elsewhere/2.png"])
    (tmp_path / "photos/c").symlink_to(tmp_path / "elsewhere", target_is_directory=True)

    assert open_leaves(tmp_path / "photos").classes == ("a", "b", "c")


@pytest.mark.parametrize(
    "name",
    ["line\nbreak", "\U0001f342", "잎마름병", "n" * 251, "a'b\"c", "-rf", "100%", " blank "],
    ids=["newline", "emoji", "Korean", "255 bytes", "quotes", "dash", "percent", "blanks"],
)
def test_uncommon_names_are_names(tmp_path, name):
    paint_all(tmp_path, [f"{name}/{name}.png", "plain/1.png"])

    data = open_leaves(tmp_path)

    assert set(data.classes) == {name, "plain"}
    assert f"{name}/{name}.png" in data.names


def test_hidden_and_system_files_are_ignored(tmp_path):
    paint_all(tmp_path, [*CLASSES, ".cache/1.png", "__MACOSX/a/1.png", "a/.hidden.png"])
    (tmp_path / "a/Thumbs.db").touch()

    data = open_leaves(tmp_path)

    assert data.names == tuple(CLASSES)
    assert data.ignored == ()


@pytest.mark.parametrize(
    ("photos", "first", "second"),
    [
        (["Rust/1.png", "rust/1.png"], "Rust", "rust"),
        (["A/Rust/1.png", "A/rust/1.png", "B/x/1.png"], "Rust", "rust"),
        (["A/x/1.png", "B/x/1.png", "b/X/1.png"], "B___x", "b___X"),
    ],
    ids=["classes", "diseases", "crops"],
)
def test_folders_that_differ_only_in_case_are_an_error(tmp_path, photos, first, second):
    paint_all(tmp_path, photos)

    with pytest.raises(FolderLayoutError) as caught:
        open_leaves(tmp_path)

    assert caught.value.found == (
        f"has the class folders {first!r} and {second!r}, which differ only in case, blanks, dots "
        "or the way that characters and numbers are written"
    )


@pytest.mark.real
def test_real_photos_are_opened_as_class_folders(real_photos):
    data = open_leaves(real_photos / "plantvillage-mini")

    assert len(data.classes) == 30
    assert "read as class folders (30 of its folders contain photos); leaf ids:" in data.origin
