from __future__ import annotations

import os
import time

import numpy as np
import pytest
from PIL import Image

from tests.datasets.painting import paint
from transferleaf.datasets.photos import file_content
from transferleaf.errors import PhotoError
from transferleaf.features.store import FeatureStore, array_keys, file_keys
from transferleaf.features.store import keys as keys_module

HOUR = 3600


@pytest.fixture
def store(folder):
    return FeatureStore(folder)


@pytest.fixture
def photo(tmp_path):
    """A photo that has not changed for an hour."""
    path = paint(tmp_path / "leaf.png")
    set_age(path, HOUR)
    return path


@pytest.fixture
def reads(monkeypatch):
    """The names of the files that are read."""
    names = []
    read = keys_module.read_content

    def noted(path):
        names.append(path.name)
        return read(path)

    monkeypatch.setattr(keys_module, "read_content", noted)
    return names


def set_age(path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def test_a_key_has_32_bytes(store, photo):
    assert [len(key) for key in file_keys([photo], store=store)] == [32]


def test_no_photos_have_no_keys(store):
    assert file_keys([], store=store) == []


def test_a_renamed_or_copied_photo_has_the_same_key(store, photo, tmp_path):
    copy = tmp_path / "other" / "copy.png"
    copy.parent.mkdir()
    copy.write_bytes(photo.read_bytes())
    before = file_keys([photo, copy], store=store)

    renamed = file_keys([photo.rename(tmp_path / "renamed.png")], store=store)

    assert [*before, *renamed] == [before[0]] * 3


def test_another_photo_has_another_key(store, photo, tmp_path):
    first, second = file_keys([photo, paint(tmp_path / "b.png", "red")], store=store)

    assert first != second


def test_keys_come_in_the_order_of_the_files(store, tmp_path):
    photos = [paint(tmp_path / f"{side}.png", side=side) for side in range(1, 30)]
    alone = [file_keys([photo], store=store)[0] for photo in photos]

    assert file_keys([*photos, photos[0]], store=store) == [*alone, alone[0]]


def test_an_unchanged_photo_is_read_once(folder, photo, reads):
    first = file_keys([photo], store=FeatureStore(folder))

    again = file_keys([photo], store=FeatureStore(folder))

    assert again == first
    assert reads == ["leaf.png"]


def test_a_photo_that_is_named_twice_is_read_once(store, photo, reads):
    file_keys([photo, photo], store=store)

    assert reads == ["leaf.png"]


def test_an_edited_photo_has_another_key(store, photo):
    before = file_keys([photo], store=store)
    Image.new("RGB", (8, 8), "red").save(photo)

    assert file_keys([photo], store=store) != before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no time of the last change of a file")
def test_an_edit_that_keeps_size_and_time_is_seen(store, photo):
    photo.write_bytes(b"a leaf")
    set_age(photo, HOUR)
    facts = photo.stat()
    before = file_keys([photo], store=store)
    photo.write_bytes(b"a stem")
    os.utime(photo, ns=(facts.st_atime_ns, facts.st_mtime_ns))

    assert file_keys([photo], store=store) != before


@pytest.mark.parametrize(
    ("age", "times_read"),
    [
        pytest.param(0, 2, id="just now"),
        pytest.param(-HOUR, 2, id="in the future"),
        pytest.param(10, 1, id="settled"),
    ],
)
def test_a_photo_that_may_change_within_the_tick_of_a_clock_is_read_again(
    store, photo, reads, age, times_read
):
    set_age(photo, age)

    file_keys([photo], store=store)
    file_keys([photo], store=store)

    assert len(reads) == times_read


def test_a_photo_that_changes_while_it_is_read_is_read_again(store, photo, reads, monkeypatch):
    stamps = iter(["listed", "is a file", "before", "after"])
    with monkeypatch.context() as changing:
        changing.setattr(file_content, "_stamp", lambda facts: next(stamps))
        file_keys([photo], store=store)

    file_keys([photo], store=store)

    assert len(reads) == 2


def test_large_files_are_read_in_pieces_to_the_same_key(folder, photo, monkeypatch):
    whole = file_keys([photo], store=FeatureStore(folder / "a"))
    monkeypatch.setattr(file_content, "_PIECE_BYTES", 7)

    assert file_keys([photo], store=FeatureStore(folder / "b")) == whole


@pytest.mark.parametrize(
    ("name", "reason"),
    [("gone.png", "there is no such file."), ("folder", "it is a folder.")],
)
def test_a_file_that_cannot_be_read_is_named(store, photo, tmp_path, name, reason):
    (tmp_path / "folder").mkdir()

    with pytest.raises(PhotoError) as caught:
        file_keys([photo, tmp_path / name], store=store)

    assert str(caught.value) == f"{str(tmp_path / name)!r} cannot be read as a photo: {reason}"


def test_a_disk_that_fails_for_a_moment_is_named(store, photo, monkeypatch):
    def fail(self, *_, **__):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(type(photo), "open", fail)

    with pytest.raises(PhotoError) as caught:
        file_keys([photo], store=store)

    assert str(caught.value) == (
        f"{str(photo)!r} cannot be read as a photo: reading it failed "
        "([Errno 5] Input/output error)."
    )


def test_equal_images_have_equal_keys():
    images = np.zeros((3, 4, 4, 3), np.uint8)
    images[2, 0, 0, 0] = 1

    first, second, third = array_keys(images)

    assert first == second
    assert first != third


@pytest.mark.parametrize(
    "other",
    [np.zeros((1, 4, 4, 3), np.float32), np.zeros((1, 2, 8, 3), np.uint8)],
    ids=["type", "shape"],
)
def test_equal_bytes_of_another_type_or_shape_have_another_key(other):
    assert array_keys(other) != array_keys(np.zeros((1, 4, 4, 3), np.uint8))


def test_the_layout_in_memory_does_not_matter():
    images = np.random.default_rng(0).random((2, 4, 4, 3)).astype(np.float32)

    assert array_keys(np.asfortranarray(images)) == array_keys(images)
    assert array_keys(images.astype(">f4")) == array_keys(images)
