"""Better by more than chance: photos that two models answer alike tell nothing."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from transferleaf.training.chance import Answers, answers_of, compare


def answers(right, *, labels=None, weights=None):
    n = len(right)
    return Answers(
        labels=np.zeros(n, int) if labels is None else np.array(labels),
        right=np.array(right, bool),
        weights=np.ones(n) if weights is None else np.array(weights),
    )


def won_and_lost(won, lost, alike=10):
    """Compare models that differ on ``won + lost`` photos."""
    after = answers([True] * won + [False] * lost + [True] * alike)
    before = answers([False] * won + [True] * lost + [True] * alike)
    return compare(after, before)


@pytest.mark.parametrize(
    ("won", "lost", "convincing"),
    [(0, 0, False), (1, 0, False), (2, 0, True), (3, 1, False), (4, 1, True), (1, 4, False)],
)
def test_more_than_the_root_of_the_photos_that_differ_must_be_won(won, lost, convincing):
    assert won_and_lost(won, lost).convincing is convincing


def test_photos_that_both_have_right_change_nothing():
    few, many = won_and_lost(4, 1, alike=0), won_and_lost(4, 1, alike=1000)

    assert (few.gain, few.chance) == (many.gain, many.chance)


def test_counts_are_told():
    found = won_and_lost(4, 1)

    assert (found.photos, found.before, found.after) == (15, 11, 14)


def test_a_photo_without_weight_does_not_count():
    before = answers([False, False, False], weights=[1.0, 1.0, 0.0])
    after = answers([True, False, True], weights=[1.0, 1.0, 0.0])

    found = compare(after, before)

    assert (found.photos, found.after, found.convincing) == (2, 1, False)


def test_photos_in_another_order_are_compared_as_if_they_were_others():
    before = answers([True] * 6 + [False] * 4, labels=range(10))
    again = answers([False] * 2 + [True] * 8, labels=range(10)[::-1])

    # Two of the photos are won in fact, but from four and two mistakes nobody could tell.
    assert compare(again, before).chance == pytest.approx(np.sqrt(4 + 2))
    assert not compare(again, before).convincing


@pytest.mark.parametrize("one_hot", [False, True])
def test_answers_to_batches_keep_their_order_and_weights(one_hot):
    labels = np.array([0, 1, 2, 0, 1])
    says = np.eye(3, dtype="float32")[[0, 1, 1, 0, 0]]
    y = np.eye(3, dtype="float32")[labels] if one_hot else labels
    batches = tf.data.Dataset.from_tensor_slices((says, y, np.arange(5.0))).batch(2)

    found = answers_of(lambda inputs: inputs, batches, n_classes=3)

    assert found.labels.tolist() == labels.tolist()
    assert found.right.tolist() == [True, True, False, True, False]
    assert found.weights.tolist() == [0, 1, 2, 3, 4]


def test_photos_count_one_where_no_weights_are_given():
    batches = tf.data.Dataset.from_tensor_slices((np.eye(2), [0, 1])).batch(2)

    assert answers_of(lambda inputs: inputs, batches, n_classes=2).weights.tolist() == [1, 1]
