from __future__ import annotations

import pytest

from transferleaf.datasets.leaves.file_name_rules import leaves_from_names

UUID = "00bce074-967b-4d50-967a-31fdaa35e688"


def leaves_of(names):
    """Return the leaves of photos in folders named after their classes."""
    return leaves_from_names(names, [name.split("/")[-2] for name in names])


@pytest.mark.parametrize(
    ("file", "leaf", "rule"),
    [
        ("leaf0007_photo2.jpg", "leaf0007", "drawn leaf"),
        (f"{UUID}___GH_HL Leaf 308.1.JPG", "GH_HL Leaf0308", "PlantVillage leaf number"),
        (f"{UUID}___GH_HL Leaf 308.JPG", "GH_HL Leaf0308", "PlantVillage leaf number"),
        (f"{UUID}___GHLB Leaf 24 Day 12.JPG", "GHLB Leaf0024", "PlantVillage leaf number"),
        (f"{UUID}___GHLB2 Leaf 8824.JPG", "GHLB2 Leaf8824", "PlantVillage camera number"),
        (f"{UUID}___FREC_Scab 3037.JPG", "FREC_Scab3037", "PlantVillage camera number"),
        (f"{UUID}___RS_HL 0223.JPG", "RS_HL0223", "PlantVillage camera number"),
        (f"{UUID}___RS_NLB  4121.JPG", "RS_NLB4121", "PlantVillage camera number"),
        (f"{UUID}___R.S_HL 8189 copy.jpg", "R.S_HL8189", "PlantVillage camera number"),
        (f"{UUID}___R.S_HL 8201 copy .jpg", "R.S_HL8201", "PlantVillage camera number"),
        (f"{UUID}___R.S_HL 0650 copy 2.jpg", "R.S_HL0650", "PlantVillage camera number"),
        (f"{UUID}___RS_HL 0223_flipLR.JPG", "RS_HL0223", "PlantVillage camera number"),
        (f"{UUID}___RS_HL 0223_new30degFlipLR.JPG", "RS_HL0223", "PlantVillage camera number"),
        (f"{UUID}___R.S_HL 8189 copy 2_180deg.JPG", "R.S_HL8189", "PlantVillage camera number"),
        (f"{UUID}___GH_HL Leaf 308.1_flipTB.JPG", "GH_HL Leaf0308", "PlantVillage leaf number"),
        (f"{UUID}___RS_HL 0223_unheardof.JPG", "RS_HL0223", "PlantVillage camera number"),
        (f"{UUID}___RS_HL 0650 copy 2_unheardof.JPG", "RS_HL0650", "PlantVillage camera number"),
        ("leaf0007_photo2_flipLR.jpg", "leaf0007", "drawn leaf"),
        ("RS_Rust 1563.JPG", "RS_Rust1563", "PlantVillage camera number"),
        (
            "Potato_healthy-100-_0_2061.jpg",
            "Potato_healthy0100",
            "base photo of augmented copies",
        ),
    ],
)
def test_the_leaf_is_read_from_the_file_name(file, leaf, rule):
    leaves, used = leaves_of([f"Mint___rust/{file}"])

    assert leaves == [f"Mint___rust:{leaf}"]
    assert used == {rule: 1}


@pytest.mark.parametrize(
    "file",
    [
        "IMG_1234.jpg",
        "IMG 1234.jpg",
        "tomato 12.png",
        "angular_leaf_spot_train_10.jpg",
        "leaf0007.jpg",
        f"{UUID}.jpg",
    ],
)
def test_other_names_have_no_leaf(file):
    leaves, used = leaves_of([f"Mint___rust/{file}"])

    assert leaves == [None]
    assert not used


def test_neighbouring_camera_numbers_are_one_leaf_up_to_eight_numbers():
    numbers = [3037, 3030, 3038, 3031, 3045, 3046]

    leaves, _ = leaves_of([f"a/{UUID}___FREC_Scab {number}.JPG" for number in numbers])

    starts = [3030, 3030, 3038, 3030, 3038, 3046]
    assert leaves == [f"a:FREC_Scab{start}" for start in starts]


def test_numbers_given_to_leaves_are_not_put_together():
    names = [f"a/leaf{number:04d}_photo{photo}.jpg" for number in (1, 2) for photo in (1, 2)]

    leaves, _ = leaves_of(names)

    assert leaves == ["a:leaf0001", "a:leaf0001", "a:leaf0002", "a:leaf0002"]


def test_classes_and_series_do_not_share_leaves():
    names = [
        f"a/{UUID}___RS_HL 0001.JPG",
        f"b/{UUID}___RS_HL 0001.JPG",
        f"a/{UUID}___JR_HL 0001.JPG",
    ]

    leaves, _ = leaves_of(names)

    assert leaves == ["a:RS_HL0001", "b:RS_HL0001", "a:JR_HL0001"]


def test_a_leaf_is_the_same_in_all_parts_of_a_split_folder():
    leaves, _ = leaves_of(["train/a/leaf0001_photo1.jpg", "test/a/leaf0001_photo2.jpg"])

    assert leaves == ["a:leaf0001", "a:leaf0001"]


def test_copies_show_the_leaf_of_their_base_photo():
    names = ["a/leaf123.jpg", "a/leaf123_flipLR.jpg", "a/leaf123 copy.png", "a/leaf124.jpg"]

    leaves, used = leaves_of(names)

    assert leaves == ["a:leaf123", "a:leaf123", "a:leaf123", None]
    assert used == {"copies by name": 3}


def test_copies_belong_together_where_the_base_photo_is_absent():
    leaves, _ = leaves_of(["a/IMG_1_90deg.jpg", "a/IMG_1_180deg.jpg"])

    assert leaves == ["a:IMG_1", "a:IMG_1"]


def test_a_copy_and_its_base_photo_may_lie_in_two_parts():
    leaves, _ = leaves_of(["train/a/IMG_1.jpg", "valid/a/IMG_1_newPixel25.jpg"])

    assert leaves == ["a:IMG_1", "a:IMG_1"]


@pytest.mark.parametrize(
    "names",
    [
        ["a/IMG_1_90deg.jpg", "a/IMG_2_90deg.jpg"],
        ["a/IMG_1.jpg", "b/IMG_1_90deg.jpg"],
        ["train/a/IMG_1.jpg", "valid/a/IMG_1.jpg"],
        ["a/IMG_1.jpg", "a/IMG_1.png"],
    ],
    ids=["copies alone", "two classes", "equal names in two parts", "two endings"],
)
def test_names_without_a_copy_have_no_leaf(names):
    leaves, used = leaves_of(names)

    assert leaves == [None, None]
    assert not used
