from __future__ import annotations

from pathlib import Path

import pytest

from tests.datasets.painting import paint_all
from transferleaf.datasets.layouts.part_folders import (
    PART_WORDS,
    are_all_parts,
    named_parts,
    part_of,
)


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title])
@pytest.mark.parametrize(
    ("part", "name"), [(part, name) for part, names in PART_WORDS.items() for name in names]
)
def test_a_part_is_known_by_its_usual_names_in_any_case(part, name, spell):
    assert part_of(Path("leaves", spell(name))) == part


@pytest.mark.parametrize("name", ["trains", "my test", "contest", "Tomato", "fold_1"])
def test_other_names_are_not_parts(name):
    assert part_of(Path(name)) is None


def test_parts_are_found_next_to_other_folders(tmp_path):
    paint_all(tmp_path, ["Train/a/1.png", "valid/a/1.png", "more/a/1.png"])

    assert named_parts(tmp_path) == {"train": tmp_path / "Train", "val": tmp_path / "valid"}


@pytest.mark.parametrize(
    ("names", "all_parts"),
    [
        (["train", "val", "test"], True),
        (["train", "Testing"], True),
        (["train"], False),
        (["val", "test"], True),
        (["train", "test", "Tomato"], True),
        (["train", "Tomato", "Apple"], False),
        (["train_images", "test_images"], True),
        (["training_set", "test_set"], True),
        (["train_data", "test_data"], True),
        (["seg_train", "seg_test"], True),
        (["seg_train", "seg_test", "seg_pred"], True),
        (["trainset", "testset"], True),
        (["fold_0", "fold_1"], True),
        (["split1", "split2"], True),
        (["part_a", "part_b"], True),
        (["Train_aug", "Valid_aug"], True),
        (["Train_aug", "valid"], True),
        (["train", "dev"], True),
        (["train", "eval"], True),
        (["train_val", "test"], True),
        (["train2017", "val2017"], True),
        (["TrainSet", "TestSet"], True),
        (["train_1", "train_2"], True),
        (["valid", "invalid"], False),
        (["test_positive", "test_negative"], False),
        (["0", "1"], False),
        (["a", "b"], False),
        (["Tomato___rust", "Tomato___healthy"], False),
        ([], False),
    ],
)
def test_parts_are_distinguished_from_classes(names, all_parts):
    assert are_all_parts([Path(name) for name in names]) is all_parts
