"""The lines that libtiff prints about damaged files."""

from __future__ import annotations

import io
import threading
import time

import numpy as np
import pytest
from PIL import Image

from transferleaf.datasets.photos import quiet_libtiff
from transferleaf.datasets.photos.decoding import read_photo
from transferleaf.errors import PhotoError


@pytest.fixture
def damaged(tmp_path):
    """A damaged TIFF for which libtiff prints a line."""
    if quiet_libtiff._libtiff() is None:
        pytest.skip("libtiff cannot be found here")
    pixels = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "TIFF", compression="tiff_lzw")
    content = bytearray(written.getvalue())
    content[1000:1100] = b"\xff" * 100
    path = tmp_path / "leaf.tif"
    path.write_bytes(content)
    return path


def test_reading_a_damaged_tiff_prints_nothing(damaged, capfd):
    with pytest.raises(PhotoError):
        read_photo(damaged)

    assert capfd.readouterr().err == ""


def test_other_readers_still_get_the_lines(damaged, capfd):
    with pytest.raises(PhotoError):
        read_photo(damaged)  # installs the handler

    with pytest.raises(OSError, match="decoder error"):
        Image.open(damaged).load()

    assert "not yet in table" in capfd.readouterr().err


def test_threads_that_begin_at_once_install_one_handler(monkeypatch):
    calls = []

    class Library:
        @staticmethod
        def TIFFSetErrorHandler(handler):  # noqa: N802
            calls.append(handler)
            time.sleep(0.05)

    monkeypatch.setattr(quiet_libtiff, "_libtiff", Library)
    together = threading.Barrier(4)

    def where():
        return True

    def begin():
        together.wait()
        quiet_libtiff.drop_lines_of_libtiff(where)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    earlier, installed = calls
    assert earlier is None
    assert installed.value
