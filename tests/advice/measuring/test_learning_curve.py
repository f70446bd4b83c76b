"""The learning curve grows with the leaves, and judges all shares on the same photos."""

from __future__ import annotations

import numpy as np
import pytest

from transferleaf.advice.measuring.learning_curve import (
    learning_curve,
    share_right,
)
from transferleaf.datasets.parts.sampling import Labelled
from transferleaf.freezing.feature_groups import FeatureGroup

GROUPS = (FeatureGroup(0, "average", 4), FeatureGroup(1, "average", 4))


def test_more_leaves_tell_more(painted):
    features, photos = painted(90)

    curve = learning_curve(features, photos, groups=GROUPS, folds=3, seed=0)

    assert [(point.share, point.photos) for point in curve] == [
        (0.25, 15),
        (0.5, 30),
        (0.75, 45),
        (1.0, 60),
    ]
    assert curve[-1].accuracy > curve[0].accuracy > 0.5


def test_shares_without_a_leaf_of_some_class_are_left_out(painted):
    features, photos = painted(6)

    curve = learning_curve(features, photos, groups=GROUPS, folds=2, seed=0)

    # One leaf of each class to learn from: a half of it rounds up, a quarter down.
    assert [point.share for point in curve] == [0.5, 0.75, 1.0]


def test_a_seed_repeats_itself(painted):
    features, photos = painted()

    first, again = (
        learning_curve(features, photos, groups=GROUPS, folds=3, seed=3) for _ in range(2)
    )

    assert first == again


@pytest.mark.parametrize("leaves", [30, 6], ids=["all shares", "some left out"])
def test_each_head_is_told(painted, leaves):
    features, photos = painted(leaves)
    told: list[int] = []

    learning_curve(features, photos, groups=GROUPS, folds=2, seed=0, on_head=told.append)

    assert told == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("right", "leaves", "deviation"),
    [
        # Two more photos, one right and one wrong: sqrt(0.5 * 0.5 / 102).
        ([1, 0] * 50, [None] * 100, 0.0495),
        # Pairs that are right or wrong together count as half as many.
        ([1, 1, 0, 0] * 25, [str(row // 2) for row in range(100)], 0.0693),
        # Pairs of which one is right: the leaf tells nothing, so all halves agree.
        ([1, 0] * 50, [str(row // 2) for row in range(100)], 0.0136),
    ],
    ids=["photos", "leaves", "mixed leaves"],
)
def test_the_error_is_one_over_leaves(right, leaves, deviation):
    photos = Labelled(labels=np.zeros(100, int), leaves=tuple(leaves), classes=("a", "b"))

    probe = share_right(np.array(right, bool), photos)

    assert (probe.accuracy, round(probe.deviation, 4)) == (0.5, deviation)
