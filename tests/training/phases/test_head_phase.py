from __future__ import annotations

import numpy as np
import pytest

from transferleaf.training.phases.head_phase import hold_out

LABELS = np.repeat([0, 1], 20)


def test_every_fifth_leaf_of_each_class_is_held_out():
    leaves = [f"leaf{row // 2}" for row in range(40)]

    held_out = hold_out(LABELS, leaves)

    assert held_out.sum() == 8
    assert set(np.flatnonzero(held_out) // 2) == {1, 6, 11, 16}


def test_photos_of_one_leaf_stay_together():
    leaves = [f"leaf{row % 7}" for row in range(40)]

    held_out = hold_out(LABELS, leaves)

    sides = {(leaf, side) for leaf, side in zip(leaves, held_out, strict=True)}
    assert len(sides) == 7


@pytest.mark.parametrize("leaves", [None, [None] * 40])
def test_without_known_leaves_photos_are_separate_leaves(leaves):
    held_out = hold_out(LABELS, leaves)

    assert np.flatnonzero(held_out).tolist() == [1, 6, 11, 16, 21, 26, 31, 36]


def test_one_photo_in_five_if_every_class_has_one_leaf():
    held_out = hold_out(np.arange(10), [f"leaf{row}" for row in range(10)])

    assert np.flatnonzero(held_out).tolist() == [1, 6]


def test_two_domains_have_the_same_weight_and_their_own_targets():
    from transferleaf.training.phases.head_inputs import HeadInputs

    inputs = HeadInputs(
        features=np.zeros((6, 2), "float32"),
        targets=np.eye(2, dtype="float32")[[0, 1, 0, 1, 0, 1]],
        weights=np.ones(6, "float32"),
        scenes=np.array([False, False, True, True, True, True]),
    )

    problem = inputs.problem(domains=2)

    assert problem.targets.argmax(axis=1).tolist() == [0, 1, 2, 3, 2, 3]
    assert problem.weights.tolist() == [2, 2, 1, 1, 1, 1]
