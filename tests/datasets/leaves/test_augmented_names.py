from __future__ import annotations

import pytest

from transferleaf.datasets.leaves.augmented_names import base_photo, is_offline_copy

OFFLINE = [
    "_90deg",
    "_180deg",
    "_270deg",
    "_flipLR",
    "_flipTB",
    "_FlipTB",
    "_new30degFlipLR",
    "_new30degFlipTB",
    "_new200degFlipLR",
    "_newPixel25",
    "_newGRR",
    "_90deg_flipLR",
    " copy_90deg",
    "_90deg copy 2",
]
OTHER = [
    " copy",
    " copy ",
    " copy 2",
    " - Copy",
    " - Copy (3)",
    "_copy",
    "_hflip",
    "-vflip",
    "_flipped",
    "_mirrored",
    "_rotated",
    "_rotated_90",
    "_rotate45",
    "_augmented_2",
    "_JPG.rf.0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "_flipLR_png.rf.9f8e7d6c5b4a39281706",
]


@pytest.mark.parametrize("added", OFFLINE + OTHER)
@pytest.mark.parametrize("base", ["leaf123", "RS_HL 0223", "잎 1", "a\nb", "_90deg"])
def test_suffixes_of_copies_are_removed(base, added):
    assert base_photo(base + added) == base


@pytest.mark.parametrize(
    "stem",
    [
        "leaf123",
        "Apple_black_rot_12",
        "black_rot90",
        "2020_aug_3",
        "tomato (2)",
        "photocopy",
        "flip",
        " copy",
        "_90deg",
        "tulip_flipper",
        "a.rf.b",
        "",
    ],
)
def test_other_names_are_left_alone(stem):
    assert base_photo(stem) == stem


@pytest.mark.parametrize("added", OFFLINE)
def test_augmented_copies_are_recognised_by_their_names(added):
    assert is_offline_copy("leaf123" + added)


@pytest.mark.parametrize(
    "stem", ["leaf123", "_90deg", *(f"leaf123{added}" for added in OTHER[:-1])]
)
def test_other_copies_are_not_from_the_new_plant_diseases(stem):
    assert not is_offline_copy(stem)
