"""The photos of a part are local files while they are processed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from transferleaf.scaling.fetching import fetched
from transferleaf.scaling.photo_locations import find_photos

fsspec = pytest.importorskip("fsspec", reason='pip install "transferleaf[ray]" brings fsspec')


def test_local_photos_stay_where_they_are(tmp_path):
    photo = tmp_path / "1.jpg"
    photo.write_bytes(b"one")

    with fetched(find_photos(photo)) as files:
        assert files.paths == (photo,)

    assert photo.exists()


def test_remote_photos_are_files_inside_the_block_only():
    fsspec.filesystem("memory").pipe_file("/clinic/1.jpg", b"one")

    with fetched(find_photos("memory://clinic/1.jpg")) as files:
        (path,) = files.paths
        content = path.read_bytes()

    assert content == b"one"
    assert not path.exists()


def test_a_photo_that_must_not_be_opened_has_that_reason(tmp_path):
    photo = tmp_path / "1.jpg"
    photo.write_bytes(b"one")
    (location,) = find_photos(photo)

    with fetched([replace(location, shut="it is locked.")]) as files:
        assert files.reasons == {0: "it is locked."}
        assert not files.paths[0].exists()


def test_an_unavailable_photo_has_a_reason():
    with fetched(find_photos("memory://clinic/none.jpg")) as files:
        assert files.reasons == {0: "there is no such file."}
