"""Distances to class means, of new photos and of those of the means."""

from __future__ import annotations

import numpy as np
import pytest

from transferleaf.calibrating.class_means import ClassMeans, farthest_known


def known(photos: int, *, seed: int = 0, features: int = 40):
    """Photos of two classes whose means are far apart."""
    rng = np.random.default_rng(seed)
    labels = np.arange(photos) % 2
    return rng.normal(size=(photos, features)).astype(np.float32) + 3 * labels[:, None], labels


def test_a_distance_is_that_to_the_nearest_mean():
    features = np.array([[0, 0], [2, 2], [10, 10]], np.float32)
    means = ClassMeans.of(features, np.array([0, 0, 1]), classes=2)

    assert means.distances(np.array([[1, 3], [10, 9]], np.float32)).tolist() == pytest.approx(
        [2**0.5, 0.5**0.5]
    )


def test_the_leaf_of_a_photo_does_not_count():
    features = np.array([[0], [0], [4], [100]], np.float32)
    labels = np.array([0, 0, 0, 1])
    means = ClassMeans.of(features, labels, classes=2)

    found = means.distances_of_others(features, labels, ("a", "a", "b", None))

    # The distances are 4, 4 and 0. The only leaf of its class is compared with the other class.
    assert found.tolist() == pytest.approx([4, 4, 4, 100 - 4 / 3], rel=1e-6)


def test_without_leaves_each_photo_is_a_separate_leaf():
    features, labels = known(12)
    means = ClassMeans.of(features, labels, classes=2)

    unknown = means.distances_of_others(features, labels, None)

    alone = means.distances_of_others(features, labels, tuple("abcdefghijkl"))
    np.testing.assert_array_equal(unknown, alone)


def test_new_photos_of_known_classes_are_kept_as_promised():
    features, labels = known(400)
    means = ClassMeans.of(features, labels, classes=2)
    farthest = farthest_known(means.distances_of_others(features, labels, None))

    kept = means.distances(known(4000, seed=1)[0]) <= farthest

    assert kept.mean() == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize(
    ("distances", "farthest"),
    [
        (np.arange(18.0), None),
        (np.arange(19.0), 18.0),
        (np.arange(99.0), 94.0),
        (np.array([np.inf] * 19), None),
    ],
    ids=["too few", "just enough", "many", "no other leaf"],
)
def test_one_known_photo_in_twenty_can_be_farther(distances, farthest):
    assert farthest_known(distances) == farthest
