from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score, top_k_accuracy_score

from transferleaf.reports.metrics import accuracy_interval, in_top, macro_f1, macro_f1_interval


def test_the_interval_of_independent_photos_is_that_of_a_proportion():
    truth = np.zeros(400, int)
    predicted = (np.arange(400) % 4 == 0).astype(int)

    interval = accuracy_interval(truth, predicted)

    half = 1.96 * np.sqrt(0.75 * 0.25 / 400)
    assert interval.value == 0.75
    assert interval.low == pytest.approx(0.75 - half, abs=0.006)
    assert interval.high == pytest.approx(0.75 + half, abs=0.006)


def test_photos_that_share_a_leaf_make_the_interval_wider():
    truth = np.zeros(400, int)
    predicted = (np.arange(400) < 100).astype(int)
    leaves = [photo // 20 for photo in range(400)]

    by_photo = accuracy_interval(truth, predicted)
    by_leaf = accuracy_interval(truth, predicted, groups=leaves)

    assert by_leaf.high - by_leaf.low > 3 * (by_photo.high - by_photo.low)


def test_the_same_seed_gives_the_same_interval():
    truth, predicted = [0, 1, 0, 1, 1], [0, 1, 1, 1, 0]

    assert accuracy_interval(truth, predicted, seed=3) == accuracy_interval(
        truth, predicted, seed=3
    )


def test_macro_f1_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    truth, predicted = rng.integers(5, size=200), rng.integers(5, size=200)

    ours = macro_f1(truth, predicted, n_classes=5)

    assert ours == pytest.approx(f1_score(truth, predicted, average="macro"))


def test_absent_classes_do_not_count():
    assert macro_f1([0, 1], [0, 1], n_classes=30) == 1.0


def test_the_interval_of_macro_f1_holds_it_and_is_wider_by_leaf():
    rng = np.random.default_rng(0)
    leaves = np.repeat(np.arange(20), 10)
    truth = leaves % 2
    predicted = np.where(rng.random(20) < 0.3, 1 - np.arange(20) % 2, np.arange(20) % 2)[leaves]

    by_photo = macro_f1_interval(truth, predicted, n_classes=2)
    by_leaf = macro_f1_interval(truth, predicted, n_classes=2, groups=leaves.tolist())

    assert by_leaf.value == by_photo.value == macro_f1(truth, predicted, n_classes=2)
    assert by_leaf.low < by_photo.low < by_photo.value < by_photo.high < by_leaf.high


@pytest.mark.parametrize("k", [1, 3, 5])
def test_the_share_in_the_top_agrees_with_scikit_learn(k):
    rng = np.random.default_rng(0)
    probabilities, truth = rng.dirichlet(np.ones(7), size=100), rng.integers(7, size=100)

    ours = in_top(probabilities, truth, k=k).mean()

    assert ours == top_k_accuracy_score(truth, probabilities, k=k, labels=range(7))


def test_of_equally_probable_classes_the_first_come_first():
    assert in_top([[0.25, 0.25, 0.25, 0.25]] * 2, [1, 2], k=2).tolist() == [True, False]
