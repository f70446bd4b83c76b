from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import ConfigError, SplitError


def photos(leaves=6, of_each=3):
    """Two classes with a number of leaves each, without files."""
    labelled = [(c, leaf) for c in "ab" for leaf in range(leaves) for _ in range(of_each)]
    return LeafDataset(
        paths=tuple(Path(f"{c}/{number}.jpg") for number, (c, _) in enumerate(labelled)),
        labels=np.array(["ab".index(c) for c, _ in labelled]),
        classes=("a", "b"),
        leaves=tuple(f"{c}{leaf}" for c, leaf in labelled),
        origin="nowhere",
    )


def test_each_photo_is_tested_once():
    data = photos()

    folds = data.k_fold(3)

    assert sorted(name for fold in folds for name in fold[1].names) == sorted(data.names)


def test_what_is_not_tested_is_trained_on():
    data = photos()

    folds = data.k_fold(3)

    assert [set(fold[0].names) | set(fold[1].names) for fold in folds] == [set(data.names)] * 3
    assert [len(fold[0]) + len(fold[1]) for fold in folds] == [len(data)] * 3


def test_no_leaf_is_on_both_sides():
    assert [fold.leaked() for fold in photos().k_fold(4)] == [0] * 4


def test_each_fold_tests_every_class_evenly():
    folds = photos().k_fold(3)

    assert [fold[1].class_counts() for fold in folds] == [{"a": 6, "b": 6}] * 3


def test_folds_are_splits_into_train_and_test():
    fold = photos().k_fold(3, seed=7)[0]

    assert fold.names == ("train", "test")
    assert fold.fractions == pytest.approx((2 / 3, 1 / 3))
    assert fold.seed == 7


def test_the_number_of_folds_may_come_from_numpy():
    assert photos().k_fold(np.int64(3)) == photos().k_fold(3)


def test_there_are_five_folds_by_default():
    assert len(photos().k_fold()) == 5


def test_a_seed_gives_the_same_folds_again():
    data = photos()

    assert data.k_fold(3, seed=1) == data.k_fold(3, seed=1)
    assert data.k_fold(3, seed=1) != data.k_fold(3, seed=2)


def test_a_class_needs_a_leaf_for_each_fold():
    with pytest.raises(SplitError, match=r"each of 7 parts needs .* but 'a' has 6, 'b' has 6"):
        photos(leaves=6).k_fold(7)


@pytest.mark.parametrize("folds", [1, 0, -3, 2.5, True])
def test_folds_are_two_or_more(folds):
    with pytest.raises(ConfigError) as caught:
        photos().k_fold(folds)

    assert str(caught.value) == f"folds={folds!r} must be a whole number of at least 2."


def test_published_parts_must_be_removed_first():
    data = photos()
    data = replace(data, parts=("train",) * 30 + ("val",) * 6)

    with pytest.raises(ConfigError) as caught:
        data.k_fold(3)

    assert str(caught.value) == (
        "folds=3 must divide a data set without parts: "
        "it has published parts (train, val); pooled() removes them."
    )
    assert len(data.pooled().k_fold(3)) == 3
