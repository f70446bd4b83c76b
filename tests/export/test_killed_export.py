"""A killed export does not block the next one, and files of two exports are never mixed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from transferleaf.errors import ExportTargetError
from transferleaf.export.exporting import check_export
from transferleaf.files.whole_files import PART_SUFFIX, owner_mark


@pytest.fixture
def abandoned(tmp_path, monkeypatch):
    """The hidden folder of an export whose process has ended, with a file that was not moved."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with monkeypatch.context() as patched:
        patched.setattr(os, "getpid", lambda: ended.pid)
        folder = tmp_path / f".{owner_mark()}{PART_SUFFIX}"
    folder.mkdir()
    (folder / "leaf.xml").write_text("the structure")
    return folder


def check(tmp_path):
    return check_export(
        tmp_path / "leaf.xml", None, photos=None, quantize=None, photo_size=None, overwrite=False
    )


def test_half_an_export_is_removed_with_what_was_not_moved(tmp_path, abandoned):
    (tmp_path / "leaf.bin").write_bytes(b"the weights")

    check(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_an_export_that_was_not_begun_to_move_leaves_other_files_alone(tmp_path, abandoned):
    (abandoned / "leaf.bin").write_bytes(b"the weights")
    (tmp_path / "leaf.bin").write_bytes(b"something else")

    with pytest.raises(ExportTargetError):
        check(tmp_path)

    assert (tmp_path / "leaf.bin").read_bytes() == b"something else"


def test_an_export_at_work_is_left_alone(tmp_path, abandoned):
    at_work = abandoned.rename(tmp_path / f".{owner_mark()}{PART_SUFFIX}")

    check(tmp_path)

    assert (at_work / "leaf.xml").exists()
