from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.datasets.painting import paint
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.photo_checks import check_photos, unreadable_photos


def photos(*paths: Path) -> LeafDataset:
    return LeafDataset(
        paths=paths,
        labels=np.zeros(len(paths), dtype=int),
        classes=("a", "b"),
        leaves=(None,) * len(paths),
        origin="here",
    )


def test_broken_photos_are_found_in_order(tmp_path):
    good = paint(tmp_path / "good.png")
    empty = tmp_path / "empty.png"
    empty.touch()

    errors = check_photos(photos(good, tmp_path / "missing.png", good, empty))

    assert [error.path.name for error in errors] == ["missing.png", "empty.png"]


def test_good_photos_have_no_errors(tmp_path):
    assert check_photos(photos(paint(tmp_path / "a.png"), paint(tmp_path / "b.jpg"))) == []


def test_progress_is_reported_after_each_photo(tmp_path):
    calls = []
    data = photos(*[paint(tmp_path / f"{number}.png") for number in range(3)])

    check_photos(data, progress=lambda done, total: calls.append((done, total)))

    assert calls == [(1, 3), (2, 3), (3, 3)]


def test_decoding_finds_problems_that_the_header_does_not_show(tmp_path):
    cut = paint(tmp_path / "cut.jpg", side=64)
    cut.write_bytes(cut.read_bytes()[:-30])
    good = paint(tmp_path / "good.png")

    assert check_photos(photos(cut, good)) == []
    assert [error.path for error in unreadable_photos([good, cut, tmp_path / "gone.png"])] == [
        cut,
        tmp_path / "gone.png",
    ]
