from __future__ import annotations

import os

import pytest

from tests.datasets.painting import paint_all
from transferleaf.datasets.photos.files import (
    PHOTO_ENDINGS,
    composed,
    has_photo_ending,
    is_system_name,
    list_folder,
    photos_below,
)
from transferleaf.errors import FolderLayoutError


@pytest.mark.parametrize("ending", [*PHOTO_ENDINGS, ".JPG", ".JpEg", ".PNG"])
def test_photo_endings_count_in_any_case(ending):
    assert has_photo_ending(f"a leaf{ending}")


@pytest.mark.parametrize("name", ["leaf.txt", "leaf.jpg.part", "jpg", "leaf.raw"])
def test_other_extensions_are_not_photos(name):
    assert not has_photo_ending(name)


@pytest.mark.parametrize(
    "name", [".DS_Store", "._leaf.jpg", ".hidden", "Thumbs.db", "DESKTOP.INI", "__MACOSX"]
)
def test_system_files_are_known(name):
    assert is_system_name(name)


def test_a_listing_sorts_by_name_and_kind(tmp_path):
    paint_all(tmp_path, ["b.png", "a 2.JPG", "B.bmp", ".hidden.jpg", "inner/c.png"])
    (tmp_path / "notes.txt").touch()
    (tmp_path / "Thumbs.db").touch()

    listing = list_folder(tmp_path)

    assert [path.name for path in listing.photos] == ["B.bmp", "a 2.JPG", "b.png"]
    assert [path.name for path in listing.folders] == ["inner"]
    assert [path.name for path in listing.others] == ["notes.txt"]


def test_a_broken_link_is_not_a_photo(tmp_path):
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nothing.jpg")

    listing = list_folder(tmp_path)

    assert listing.photos == ()
    assert [path.name for path in listing.others] == ["gone.jpg"]


@pytest.mark.parametrize("target", [".", "..", "../.."], ids=["here", "above", "further up"])
def test_a_link_to_a_parent_is_not_a_folder(tmp_path, target):
    folder = tmp_path / "x/y"
    folder.mkdir(parents=True)
    (folder / "back").symlink_to(target, target_is_directory=True)

    listing = list_folder(folder)

    assert listing.folders == ()
    assert [path.name for path in listing.others] == ["back"]


def test_a_link_to_itself_is_neither_folder_nor_photo(tmp_path):
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")

    assert [path.name for path in list_folder(tmp_path).others] == ["loop.jpg"]


def test_photos_are_found_at_any_depth(tmp_path):
    paint_all(tmp_path, ["x/y/z.png", "x/.thumbs/z.png", "a.png"])
    (tmp_path / "x/notes.txt").touch()

    found = [path.relative_to(tmp_path).as_posix() for path in photos_below(tmp_path)]

    assert found == ["a.png", "x/y/z.png"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FolderLayoutError) as caught:
        list_folder(tmp_path / "none")

    assert str(caught.value) == (
        f"'{tmp_path}/none' does not exist; "
        "name a folder that contains one folder of photos per class."
    )


def test_a_missing_folder_with_a_similar_name_is_suggested(tmp_path):
    for name in ("leaves", "roots"):
        (tmp_path / name).mkdir()
    (tmp_path / "leavs.csv").touch()

    with pytest.raises(FolderLayoutError) as caught:
        list_folder(tmp_path / "leavs")

    assert str(caught.value) == (
        f"'{tmp_path}/leavs' does not exist; did you mean '{tmp_path}/leaves'?"
    )


def test_a_file_is_not_a_folder(tmp_path):
    (tmp_path / "a.txt").touch()

    with pytest.raises(FolderLayoutError, match=r"a\.txt' is a file; name a folder"):
        list_folder(tmp_path / "a.txt")


def test_a_folder_without_permission_is_named(tmp_path, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(os, "scandir", refuse)

    with pytest.raises(FolderLayoutError) as caught:
        list_folder(tmp_path)

    assert str(caught.value) == (f"'{tmp_path}' cannot be read; change its permissions.")


def test_both_spellings_of_an_accent_are_one_name():
    assert composed("Cafe\u0301") == composed("Caf\u00e9") == "Caf\u00e9"
