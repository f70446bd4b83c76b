from __future__ import annotations

import numpy as np
import pytest

from transferleaf.errors import ConfigError, SplitError
from transferleaf.head.out_of_fold import (
    deal_leaves,
    has_other_leaf,
    out_of_fold_probabilities,
    usable_folds,
)

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")
LABELS = np.arange(60) % 3
ALONE = [None] * 60


@pytest.fixture
def features():
    """Six noisy features that distinguish three classes."""
    rng = np.random.default_rng(0)
    return (rng.normal(size=(60, 6)) + 3 * np.eye(6)[LABELS]).astype(np.float32)


def test_each_photo_gets_probabilities_that_sum_to_one(features):
    found = out_of_fold_probabilities(features, LABELS, ALONE, classes=CLASSES)

    assert (found.shape, found.dtype) == ((60, 3), np.float32)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)


def test_classes_that_features_distinguish_are_predicted(features):
    found = out_of_fold_probabilities(features, LABELS, ALONE, classes=CLASSES)

    assert (found.argmax(axis=1) == LABELS).mean() > 0.85


def test_a_label_does_not_affect_its_own_prediction():
    """Features that identify each photo would reveal a label that was used in training."""
    labels = np.random.default_rng(0).permutation(LABELS)

    found = out_of_fold_probabilities(np.eye(60, dtype="f4"), labels, ALONE, classes=CLASSES)

    assert (found.argmax(axis=1) == labels).mean() < 0.5


def test_photos_of_one_leaf_do_not_affect_each_other():
    """Features that identify each leaf would reveal the label of its other photos."""
    leaves = np.arange(60) // 4
    labels = np.random.default_rng(0).permutation(np.arange(15) % 3)[leaves]
    named = np.eye(15, dtype="f4")[leaves]

    together = out_of_fold_probabilities(named, labels, leaves.tolist(), classes=CLASSES)
    apart = out_of_fold_probabilities(named, labels, ALONE, classes=CLASSES)

    assert (together.argmax(axis=1) == labels).mean() < 0.5
    assert (apart.argmax(axis=1) == labels).mean() > 0.9


def test_a_seed_repeats_itself(features):
    first, again, other = (
        out_of_fold_probabilities(features, LABELS, ALONE, classes=CLASSES, seed=seed)
        for seed in (1, 1, 2)
    )

    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_each_fold_is_reported(features):
    told: list[int] = []

    out_of_fold_probabilities(
        features, LABELS, ALONE, classes=CLASSES, folds=3, on_fold=told.append
    )

    assert told == [1, 2, 3]


def test_views_of_other_photos_are_learned_from(features):
    wrong = np.roll(features, 1, axis=0)  # the other class
    noise = np.random.default_rng(0).normal(size=features.shape).astype(np.float32)

    def accuracy(views):
        found = out_of_fold_probabilities(
            np.concatenate([features, *views]), LABELS, ALONE, classes=CLASSES, folds=3
        )
        assert found.shape == (60, 3)
        return (found.argmax(axis=1) == LABELS).mean()

    assert accuracy([features + 0.1 * noise]) > 0.8
    assert accuracy([wrong, wrong, wrong]) < 0.5


def test_views_of_a_photo_do_not_affect_its_prediction():
    """Features that identify each photo would reveal a label that a view was learned with."""
    labels = np.random.default_rng(0).permutation(LABELS)
    viewed = np.tile(np.eye(60, dtype="f4"), (3, 1))

    found = out_of_fold_probabilities(viewed, labels, ALONE, classes=CLASSES)

    assert (found.argmax(axis=1) == labels).mean() < 0.5


def test_a_class_of_one_leaf_is_named(features):
    labels = np.where(np.arange(60) == 0, 2, np.arange(60) % 2)

    with pytest.raises(SplitError, match=r"each of 2 parts .* 'Corn___rust' has 1"):
        out_of_fold_probabilities(features, labels, ALONE, classes=CLASSES, folds=2)


@pytest.mark.parametrize(
    ("labels", "groups", "folds", "expected"),
    [
        ([0] * 9 + [1] * 9, [None] * 18, 5, 5),
        ([0] * 9 + [1] * 3, [None] * 12, 5, 3),
        ([0] * 9 + [1] * 9, [None] * 9 + ["a", "b", "c", "d"] * 2 + ["a"], 5, 4),
        ([0] * 9 + [1], [None] * 10, 5, 2),
        ([0] * 9 + [2] * 9, [None] * 18, 5, 5),
    ],
    ids=["enough", "few photos", "few leaves", "one photo", "a class without photos"],
)
def test_folds_are_as_many_as_every_class_has_leaves_for(labels, groups, folds, expected):
    assert usable_folds(np.array(labels), groups, folds) == expected


@pytest.mark.parametrize("folds", [1, 2.0])
def test_folds_are_a_whole_number_from_two(features, folds):
    with pytest.raises(ConfigError) as caught:
        out_of_fold_probabilities(features, LABELS, ALONE, classes=CLASSES, folds=folds)

    assert str(caught.value) == f"folds={folds!r} must be a whole number of at least 2."


def test_leaves_are_dealt_whole_and_a_rare_class_is_in_as_many_folds_as_it_has_leaves():
    labels = np.array([0] * 8 + [1] * 4)
    leaves = [*"aabbccddxxyy"]

    parts = deal_leaves(labels, leaves, 4, seed=0)

    fold = np.empty(12, int)
    for number, part in enumerate(parts):
        fold[part] = number
    assert sorted(np.concatenate(parts)) == list(range(12))
    assert all(len({fold[row] for row in range(12) if leaves[row] == leaf}) == 1 for leaf in "abxy")
    assert len(set(fold[8:])) == 2


def test_a_photo_counts_only_if_its_class_has_another_leaf():
    assert has_other_leaf(np.array([0, 0, 1, 1, 2]), [None, None, "a", "a", None]).tolist() == [
        True,
        True,
        False,
        False,
        False,
    ]
