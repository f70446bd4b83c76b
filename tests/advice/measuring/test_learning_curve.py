"""The learning curve grows with the leaves, and judges all shares on the same photos."""

from __future__ import annotations

import numpy as np
import pytest

from transferleaf.advice.measuring.labelled import Labelled
from transferleaf.advice.measuring.learning_curve import (
    learning_curve,
    share_of_leaves,
    share_right,
)
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


def test_leaves_are_shared_out_whole(painted):
    _, photos = painted(24, photos_a_leaf=3)

    rows = share_of_leaves(photos, np.arange(72), 0.5, seed=0)

    counts = np.bincount(photos.numbered_leaves()[rows], minlength=24)
    assert sorted(counts.tolist()) == [0] * 12 + [3] * 12
    assert np.bincount(photos.labels[rows]).tolist() == [12, 12, 12]


def test_the_leaves_of_a_smaller_share_are_among_those_of_a_larger(painted):
    _, photos = painted(24, photos_a_leaf=2)

    small, large = (share_of_leaves(photos, np.arange(48), share, 7) for share in (0.25, 0.75))

    assert set(small) < set(large)


def test_all_leaves_are_all_photos(painted):
    _, photos = painted(12)

    np.testing.assert_array_equal(share_of_leaves(photos, np.arange(12), 1.0, 0), np.arange(12))


def test_a_leaf_of_two_classes_stays_whole():
    photos = Labelled(labels=np.array([0, 1, 0, 1]), leaves=tuple("aabb"), classes=("x", "y"))

    rows = share_of_leaves(photos, np.arange(4), 0.5, seed=0)

    assert {photos.leaves[row] for row in rows} in ({"a"}, {"b"})
    assert len(rows) == 2


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
