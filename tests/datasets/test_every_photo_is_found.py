"""All functions find photos behind links and report unreadable folders."""

from __future__ import annotations

import io
import os
import warnings

import pytest

from tests.datasets.painting import paint_all
from tests.datasets.shut import shut
from transferleaf.commands.grammar.photo_paths import photo_paths
from transferleaf.datasets import open_leaves, read_photo
from transferleaf.datasets.layouts.class_folders import ClassFolders
from transferleaf.datasets.photos.files import LeftOut, answerable_below, photos_below
from transferleaf.datasets.photos.patterns import matched
from transferleaf.errors import ConfigError, FolderLayoutError, PhotoError
from transferleaf.scaling.photo_locations import find_photos


def asked(word, left_out=None):
    return list(photo_paths([str(word)], io.StringIO(), left_out))


def in_bulk(word):
    return [photo.name for photo in find_photos(str(word))]


@pytest.fixture
def linked(tmp_path):
    """Three photos: one behind a link to a folder, one below that, and one without a link."""
    paint_all(tmp_path, ["photos/a/1.png", "elsewhere/2.png", "elsewhere/deep/3.png"])
    (tmp_path / "photos/b").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    return tmp_path / "photos"


def test_photos_behind_links_are_found_by_all_functions(linked):
    names = ["a/1.png", "b/2.png", "b/deep/3.png"]
    photos = [linked / name for name in names]

    assert list(photos_below(linked)) == photos
    assert list(answerable_below(linked)) == photos
    assert asked(linked) == photos
    assert asked(linked / "*") == photos
    assert sorted(asked(linked / "**/*.png")) == photos
    assert in_bulk(linked) == list(map(str, photos))


def test_photos_too_deep_behind_a_link_are_seen(linked):
    with pytest.raises(FolderLayoutError, match=r"nested too deep, as in 'b/deep/3\.png'"):
        ClassFolders().find(linked)


@pytest.mark.parametrize("back", ["photos", "."])
def test_links_that_lead_back_end(linked, back):
    (linked.parent / "elsewhere/back").symlink_to(linked.parent / back, target_is_directory=True)

    assert len(asked(linked)) == len(set(asked(linked)))
    assert {path.name for path in asked(linked)} == {"1.png", "2.png", "3.png"}
    assert {path.name for path in asked(linked / "**/*.png")} == {"1.png", "2.png", "3.png"}


def test_links_that_lead_to_each_other_end(tmp_path):
    paint_all(tmp_path, ["x/1.png", "y/2.png"])
    (tmp_path / "x/y").symlink_to(tmp_path / "y", target_is_directory=True)
    (tmp_path / "y/x").symlink_to(tmp_path / "x", target_is_directory=True)

    assert [path.relative_to(tmp_path).as_posix() for path in photos_below(tmp_path / "x")] == [
        "x/1.png",
        "x/y/2.png",
    ]
    assert len(asked(tmp_path / "**/*.png")) < 10


def test_deeply_nested_folders_are_searched(tmp_path):
    place = tmp_path
    for _ in range(300):
        place = place / "d"
    place.mkdir(parents=True)
    paint_all(place, ["1.png"])

    assert asked(tmp_path) == [place / "1.png"]


def test_a_broken_link_has_an_error(tmp_path):
    paint_all(tmp_path, ["1.png"])
    (tmp_path / "0.jpg").symlink_to("gone.jpg")

    assert asked(tmp_path) == [tmp_path / "0.jpg", tmp_path / "1.png"]


@pytest.fixture
def half_shut(tmp_path, monkeypatch):
    """A readable folder with a photo, and an unreadable one."""
    paint_all(tmp_path, ["open/1.png", "shut/2.png"])
    shut(monkeypatch, tmp_path / "shut")
    return tmp_path


@pytest.mark.parametrize("word", ["", "*", "*/*.png", "**", "**/*.png", "*/2.png"])
def test_an_unreadable_folder_is_in_the_results(half_shut, word, monkeypatch):
    found = asked(half_shut / word)

    if word == "*/2.png":  # the photo is given, so the folder is not listed
        assert half_shut / "shut/2.png" in found
    else:
        assert found == [half_shut / "open/1.png", half_shut / "shut"]
        assert in_bulk(half_shut / word) == list(map(str, found))
        with pytest.raises(PhotoError, match=r"it is a folder that cannot be read \(permission"):
            read_photo(half_shut / "shut")


def test_an_unreadable_folder_is_an_error_of_a_data_set(half_shut):
    with pytest.raises(FolderLayoutError, match="shut' cannot be read; change its permissions"):
        open_leaves(half_shut)


def test_an_unreadable_folder_inside_a_class_is_an_error(tmp_path, monkeypatch):
    paint_all(tmp_path, ["a/1.png", "b/1.png", "b/shut/2.png"])
    shut(monkeypatch, tmp_path / "b/shut")

    with pytest.raises(FolderLayoutError, match="b/shut' cannot be read; change its permissions"):
        open_leaves(tmp_path)


@pytest.mark.skipif(not hasattr(os, "fork") or os.geteuid() != 0, reason="only root can step down")
def test_a_folder_without_permission_is_in_the_results(tmp_path):
    paint_all(tmp_path, ["open/1.png", "shut/2.png"])
    for folder in (tmp_path, *tmp_path.parents[:-1]):
        folder.chmod(folder.stat().st_mode | 0o055)
    (tmp_path / "shut").chmod(0)
    expected = [tmp_path / "open/1.png", tmp_path / "shut"]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # about forking with threads
        child = os.fork()
    if child == 0:
        code = 1
        try:
            os.seteuid(65534)
            found = asked(tmp_path), asked(tmp_path / "*/*.png")
            code = 0 if found == (expected, expected) else 2
        finally:
            os._exit(code)

    assert os.waitpid(child, 0)[1] == 0


def test_files_without_the_ending_of_a_photo_are_counted(tmp_path):
    paint_all(tmp_path, ["a/1.png", "a/2.JPE", "a/3.png"])
    (tmp_path / "a/3.png").rename(tmp_path / "a/3.jpg ")
    for name in ("a/notes.txt", "a/4.jpg.part", "b.csv", ".hidden"):
        (tmp_path / name).touch()
    left_out = LeftOut()

    photos = asked(tmp_path, left_out)

    assert [path.name for path in photos] == ["1.png", "2.JPE", "3.jpg "]
    assert left_out == LeftOut(
        number=3, first=[tmp_path / "b.csv", tmp_path / "a/4.jpg.part", tmp_path / "a/notes.txt"]
    )


def test_an_empty_name_is_not_the_current_folder(tmp_path, monkeypatch):
    paint_all(tmp_path, ["a/1.png", "b/1.png"])
    monkeypatch.chdir(tmp_path)

    for door in (open_leaves, find_photos):
        with pytest.raises(ConfigError, match="='' must name a file or a folder; a dot is the"):
            door("")
    assert len(open_leaves(".")) == 2


def test_a_matching_folder_means_all_photos_below_it(tmp_path):
    paint_all(tmp_path, ["a/b/1.png", "a/2.png"])

    assert [path.name for path in matched(f"{tmp_path}/**")] == ["2.png", "1.png"]
