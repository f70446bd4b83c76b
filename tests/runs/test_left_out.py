from __future__ import annotations

import json

import pytest

from tests.datasets.painting import paint_all
from transferleaf.datasets import Split, open_leaves
from transferleaf.datasets.photos import file_content
from transferleaf.errors import BadPhotosError, LostClassesError
from transferleaf.runs.left_out import (
    save_readable,
    unreadable_test_photos,
    without,
    write_list,
)
from transferleaf.training.feeding.bad_photos import SkippedPhoto


@pytest.fixture
def split(tmp_path) -> Split:
    """Eight photos of two classes in two parts."""
    paint_all(tmp_path, [f"{name}/{number}.png" for name in "ab" for number in range(4)])
    return open_leaves(tmp_path).split(0.5, 0.5)


def skipped(path, use="test") -> SkippedPhoto:
    return SkippedPhoto(path=path, reason="the file is empty.", used_for=use)


def test_bad_test_photos_are_an_error_before_anything_is_trained(split):
    split[1].paths[2].write_bytes(b"")

    with pytest.raises(BadPhotosError) as caught:
        unreadable_test_photos(split[1], skip=False)

    assert [error.path for error in caught.value.errors] == [split[1].paths[2]]
    assert "--skip-bad-photos on the command line" in str(caught.value)


def test_bad_test_photos_that_may_be_skipped_are_named(split):
    split[1].paths[2].write_bytes(b"")

    assert unreadable_test_photos(split[1], skip=True) == (skipped(split[1].paths[2]),)


def test_some_photo_must_be_left_to_report_on(split):
    for path in split[1].paths:
        path.write_bytes(b"")

    with pytest.raises(LostClassesError, match="the test photos show none of"):
        unreadable_test_photos(split[1], skip=True)


def test_parts_without_photos_are_those_that_were_used(split):
    left = without(split, [split[0].paths[0], split[1].paths[3]])

    assert left[0].paths == split[0].paths[1:]
    assert left[1].paths == split[1].paths[:3]
    assert left.fractions == (0.5, 0.5)
    assert without(split, []) is split


def test_a_manifest_is_written_without_files_that_may_not_be_read(split, tmp_path, monkeypatch):
    shut = split[0].paths[1]
    read = file_content.read_content

    def refuse(path):
        if path == shut:
            raise file_content.PhotoError(path, "you do not have permission to read it.")
        return read(path)

    monkeypatch.setattr("transferleaf.datasets.photos.content_hashes.read_content", refuse)
    save_readable(split, tmp_path / "split.csv")

    monkeypatch.undo()
    assert [len(part) for part in Split.load(tmp_path / "split.csv", tmp_path)] == [3, 4]


def test_the_list_contains_names_with_invalid_unicode(tmp_path):
    photo = skipped(tmp_path / "leaf\udcff.jpg")

    write_list([photo], tmp_path / "skipped.json")

    (listed,) = json.loads((tmp_path / "skipped.json").read_text())
    assert SkippedPhoto.from_dict(listed) == photo
