from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.datasets.painting import paint_all
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.split import Split
from transferleaf.errors import SplitError


def leaf_photos(classes=2, leaves=10, photos=4, known=True):
    """So many photos of so many leaves in each class; no file behind them."""
    kinds = [(c, leaf) for c in range(classes) for leaf in range(leaves) for _ in range(photos)]
    return LeafDataset(
        paths=tuple(Path(f"class{c}/{n}.jpg") for n, (c, _) in enumerate(kinds)),
        labels=np.array([c for c, _ in kinds]),
        classes=tuple(f"class{c}" for c in range(classes)),
        leaves=tuple(f"{c}:{leaf}" if known else None for c, leaf in kinds),
        origin="nowhere",
    )


def test_three_parts_unpack():
    data = leaf_photos()

    train, val, test = data.split(0.6, 0.2, 0.2, seed=0)

    assert [len(part) for part in (train, val, test)] == [48, 16, 16]
    assert sorted(train.paths + val.paths + test.paths) == sorted(data.paths)
    assert train.classes == val.classes == test.classes == data.classes


@pytest.mark.parametrize(
    ("fractions", "names"),
    [
        ((0.8, 0.2), ("train", "test")),
        ((0.6, 0.2, 0.2), ("train", "val", "test")),
        ((0.4, 0.2, 0.2, 0.2), ("part 1", "part 2", "part 3", "part 4")),
    ],
)
def test_parts_have_names(fractions, names):
    assert leaf_photos().split(*fractions).names == names


def test_a_split_is_a_sequence_of_datasets():
    split = leaf_photos().split(0.5, 0.5)

    assert len(split) == 2
    assert split[-1] is split.parts[1]
    assert split[:1] == (split.parts[0],)
    assert split.parts[0] in split


def test_a_seed_is_part_of_the_value():
    data = leaf_photos()

    assert data.split(0.5, 0.5, seed=1) == data.split(0.5, 0.5, seed=1)
    assert data.split(0.5, 0.5, seed=1) != data.split(0.5, 0.5, seed=2)


def test_an_error_names_the_class():
    with pytest.raises(SplitError, match="but 'class0' has 2, 'class1' has 2"):
        leaf_photos(leaves=2).split(0.6, 0.2, 0.2)


def test_a_split_by_leaf_leaks_nothing_and_a_naive_one_does():
    split = leaf_photos().split(0.5, 0.5, seed=0)

    assert split.leaked() == 0
    assert split.leaked_by_naive_split() > 30


def test_unknown_leaves_cannot_be_counted():
    assert leaf_photos(known=False).split(0.5, 0.5).leaked_by_naive_split() == 0


def test_the_repr_counts_photos():
    assert repr(leaf_photos().split(0.75, 0.25)) == "Split(train: 60 photos, test: 20 photos)"


def test_folders_give_a_split(tmp_path):
    paint_all(
        tmp_path,
        [
            "train/a/leaf0001_photo1.jpg",
            "train/b/leaf0001_photo1.jpg",
            "Valid/a/leaf0001_photo2.jpg",
            "Valid/a/leaf0002_photo1.jpg",
        ],
    )

    split = LeafDataset.from_split_folders(tmp_path)

    assert isinstance(split, Split)
    assert split.names == ("train", "val")
    assert split.fractions == (0.5, 0.5)
    assert split[1].classes == ("a", "b")
    assert split[1].names == (
        "Valid/a/leaf0001_photo2.jpg",
        "Valid/a/leaf0002_photo1.jpg",
    )
    assert split[1].origin == f"{tmp_path}; leaf ids: drawn leaf (4) (val)"
    assert split.leaked() == 1


def test_a_map_names_photos_of_split_folders_with_their_part(tmp_path):
    names = ["train/a/1.jpg", "train/b/1.jpg", "test/a/1.jpg"]
    paint_all(tmp_path, names)

    split = LeafDataset.from_split_folders(tmp_path, leaves=dict(zip(names, "xyx", strict=True)))

    assert [part.leaves for part in split] == [("x", "y"), ("x",)]


@pytest.mark.real
def test_real_photos_split_by_the_published_map_leak_no_leaf(real_photos):
    data = LeafDataset.from_folder(
        real_photos / "plantvillage-mini", leaves=real_photos / "plantvillage-mini-leaves.csv"
    )

    split = data.split(0.6, 0.2, 0.2, seed=0)

    leaves = [set(part.leaves) for part in split]
    assert leaves[0] & leaves[1] | leaves[0] & leaves[2] | leaves[1] & leaves[2] == set()
    assert split.realised_fractions() == pytest.approx((0.6, 0.2, 0.2), abs=0.01)
    assert split.leaked_by_naive_split() > 100
