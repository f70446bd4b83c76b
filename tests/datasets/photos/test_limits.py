"""The limits of photos are checked before decoding."""

from __future__ import annotations

import struct
import threading

import pytest
from PIL import Image

from transferleaf.datasets.photos import limits as photo_limits
from transferleaf.datasets.photos.decoding import opened, read_photo
from transferleaf.errors import PhotoError


def with_scans(path, scans):
    """A progressive JPEG that repeats its last scan of a few bytes many times."""
    Image.new("L", (64, 64), 77).save(path, progressive=True)
    content = path.read_bytes()
    last = content[content.rindex(b"\xff\xda") : -2]
    more = scans - content.count(b"\xff\xda")
    path.write_bytes(content[:-2] + last * more + content[-2:])
    return path


def with_tiles(path, side):
    """A TIFF of 16 by 16 pixels whose header declares other tile sizes."""
    grey, bits = 1, 8
    tags = {256: 16, 257: 16, 258: bits, 259: 1, 262: grey, 277: 1}
    tags |= {322: side, 323: side, 324: 8, 325: 256}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    folder = struct.pack("<H", len(tags)) + entries + bytes(4)
    path.write_bytes(b"II*\0" + struct.pack("<I", 8 + 256) + bytes(256) + folder)
    return path


def test_a_jpeg_of_many_scans_is_read(tmp_path):
    pixels = read_photo(with_scans(tmp_path / "leaf.jpg", 100))

    assert pixels.shape == (64, 64, 3)


def test_a_jpeg_of_more_scans_than_any_program_writes_is_refused(tmp_path):
    with pytest.raises(PhotoError) as caught:
        read_photo(with_scans(tmp_path / "leaf.jpg", 101))

    assert caught.value.reason == "it has 101 scans, more than 100; save it with fewer scans."


def test_a_scan_is_counted_where_two_pieces_of_the_file_meet(tmp_path, monkeypatch):
    path = with_scans(tmp_path / "leaf.jpg", 101)
    monkeypatch.setattr(photo_limits, "_PIECE_BYTES", 1)

    with pytest.raises(PhotoError, match="it has 101 scans"):
        read_photo(path)


def test_tiles_larger_than_any_photo_are_refused(tmp_path):
    with pytest.raises(PhotoError) as caught:
        read_photo(with_tiles(tmp_path / "leaf.tif", 24_000))

    assert caught.value.reason == (
        "it has tiles of 576,000,000 pixels, more than 89,478,485; scale it down first."
    )


@pytest.mark.parametrize(
    ("options", "whole"),
    [
        pytest.param({"progressive": True}, True, id="progressive"),
        pytest.param({"progressive": False}, False, id="baseline"),
    ],
)
def test_large_jpegs_wait_for_each_other_where_they_are_held_whole(
    tmp_path, monkeypatch, options, whole
):
    monkeypatch.setattr(photo_limits, "_LARGE", 5_000)
    Image.new("RGB", (160, 160)).save(tmp_path / "leaf.jpg", **options)
    reader = threading.Thread(target=read_photo, args=(tmp_path / "leaf.jpg", 16))

    with photo_limits._one_large_photo:
        reader.start()
        reader.join(0.5 if whole else 30)
        waits = reader.is_alive()
    reader.join(30)

    assert waits is whole


def test_a_tile_counts_for_the_room_a_photo_takes(tmp_path, monkeypatch):
    monkeypatch.setattr(photo_limits, "_LARGE", 5_000)

    with opened(with_tiles(tmp_path / "leaf.tif", 80)) as photo:
        turn = photo_limits.turn_to_decode(photo, whole=256)

    assert turn is photo_limits._one_large_photo
