from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from transferleaf.auditing.likeness import leaves_by_likeness

NAMES = ("a/0.jpg", "a/1.jpg", "b/2.jpg", "b/3.jpg")
PATHS = tuple(map(Path, NAMES))


@pytest.fixture
def groups_found(monkeypatch):
    """Stands in for the search: photos are grouped as the test says, and none is read."""

    def stand_in(*groups):
        facts = SimpleNamespace(photo_facts=lambda paths: tuple(paths))
        search = SimpleNamespace(near_duplicate_groups=lambda facts: list(groups))
        monkeypatch.setitem(sys.modules, "transferleaf.auditing.facts", facts)
        monkeypatch.setitem(sys.modules, "transferleaf.auditing.duplicates", search)

    return stand_in


@pytest.mark.parametrize(
    ("groups", "leaves", "told"),
    [
        ([(0, 1)], (None,) * 4, ("looks like a/0.jpg", "looks like a/0.jpg", None, None)),
        ([(0, 1, 2)], (None, "x", None, None), ("x", "x", "x", None)),
        ([(0, 1, 2)], (None, "x", "y", None), ("x", "x", "y", None)),
        ([], ("x", None, None, None), ("x", None, None, None)),
    ],
    ids=[
        "unknown photos get a leaf",
        "a known leaf spreads",
        "known leaves stay apart",
        "nothing is alike",
    ],
)
def test_unknown_leaves_are_told_by_likeness(groups_found, groups, leaves, told):
    groups_found(*groups)

    assert leaves_by_likeness(PATHS, NAMES, leaves) == told


def test_nothing_is_read_where_all_leaves_are_known():
    absent = [Path("nowhere.jpg")]

    assert leaves_by_likeness(absent, ["nowhere.jpg"], ["x"]) == ("x",)


def patches(seed):
    """A photo of random patches, soft at their borders, as no two photos are alike."""
    pixels = np.random.default_rng(seed).integers(0, 256, size=(6, 6, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize((96, 96), Image.Resampling.BICUBIC)


def test_copies_are_found_in_the_photos_themselves(tmp_path):
    photos = {
        "a/photo.png": patches(1),
        "a/smaller.jpg": patches(1).resize((64, 64)),
        "a/other.png": patches(2),
        "a/turned.png": patches(1).transpose(Image.Transpose.ROTATE_90),
    }
    (tmp_path / "a").mkdir()
    for name, photo in photos.items():
        photo.save(tmp_path / name)
    (tmp_path / "a/broken.png").write_bytes(b"no photo")
    names = [*photos, "a/broken.png"]

    told = leaves_by_likeness([tmp_path / name for name in names], names, [None] * 5)

    alike = "looks like a/photo.png"
    assert told == (alike, alike, None, alike, None)
