from __future__ import annotations

from pathlib import Path

import pytest

from tests.datasets.painting import paint_all
from transferleaf.datasets.layouts.part_folders import (
    PART_FOLDERS,
    are_all_parts,
    named_parts,
    part_of,
)


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title])
@pytest.mark.parametrize(
    ("part", "name"), [(part, name) for part, names in PART_FOLDERS.items() for name in names]
)
def test_a_part_is_known_by_its_usual_names_in_any_case(part, name, spell):
    assert part_of(Path("leaves", spell(name))) == part


@pytest.mark.parametrize("name", ["trains", "my test", "eval", "Tomato"])
def test_other_names_are_no_part(name):
    assert part_of(Path(name)) is None


def test_parts_are_found_beside_other_folders(tmp_path):
    paint_all(tmp_path, ["Train/a/1.png", "valid/a/1.png", "more/a/1.png"])

    assert named_parts(tmp_path) == {"train": tmp_path / "Train", "val": tmp_path / "valid"}


@pytest.mark.parametrize(
    ("names", "all_parts"),
    [
        (["train", "val", "test"], True),
        (["train", "Testing"], True),
        (["train"], False),
        (["val", "test"], False),
        (["train", "test", "Tomato"], False),
        ([], False),
    ],
)
def test_parts_alone_are_told_from_classes(names, all_parts):
    assert are_all_parts([Path(name) for name in names]) is all_parts
