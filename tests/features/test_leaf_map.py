"""The leaf map: its weights, and pooling weighted by it."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from transferleaf.features.leaf_map import (
    LEAST_WEIGHT,
    LeafAveragePooling,
    LeafMap,
    position_features,
    position_weights,
    resampling,
)
from transferleaf.features.second_order import SecondOrderPooling

RNG = np.random.default_rng(0)
MAPS = RNG.normal(size=(3, 6, 6, 4)).astype("float32")
COARSE = RNG.normal(size=(3, 3, 3, 5)).astype("float32")
LEAF = RNG.uniform(size=(3, 6, 6, 1)).astype("float32")


def a_fitted_map() -> LeafMap:
    leaf_map = LeafMap()
    leaf_map([MAPS, COARSE])
    leaf_map.set_values(RNG.normal(size=len(leaf_map.values())).astype("float32"))
    return leaf_map


def test_an_unfitted_map_is_the_same_everywhere():
    leaf_map = LeafMap()

    np.testing.assert_allclose(leaf_map([MAPS, COARSE]), 0.5)
    assert not leaf_map.fitted


def test_a_fitted_map_is_a_logistic_regression_at_each_position():
    leaf_map = a_fitted_map()
    fine, coarse, offset = (w.numpy() for w in (*leaf_map.kernels, leaf_map.offset))

    found = np.asarray(leaf_map([MAPS, COARSE]))

    double = resampling(3, 6)
    logits = (MAPS @ fine)[..., 0] + double @ (COARSE @ coarse)[..., 0] @ double.T + offset[..., 0]
    np.testing.assert_allclose(found[..., 0], 1 / (1 + np.exp(-logits)), atol=1e-5)
    assert leaf_map.fitted


def test_weights_are_set_from_the_vector_that_is_returned():
    one, other = a_fitted_map(), a_fitted_map()
    assert one.digest() != other.digest()

    other.set_values(one.values())

    assert other.digest() == one.digest()
    np.testing.assert_array_equal(other([MAPS, COARSE]), one([MAPS, COARSE]))


def test_a_saved_map_gives_the_same_values(tmp_path):
    fine, coarse = keras.Input((6, 6, 4)), keras.Input((3, 3, 5))
    leaf_map = LeafMap()
    model = keras.Model([fine, coarse], leaf_map([fine, coarse]))
    leaf_map.set_values(RNG.normal(size=len(leaf_map.values())).astype("float32"))
    model.save(tmp_path / "map.keras")

    loaded = keras.saving.load_model(tmp_path / "map.keras")

    np.testing.assert_array_equal(loaded([MAPS, COARSE]), model([MAPS, COARSE]))


@pytest.mark.parametrize("side", [3, 6, 11])
def test_the_weights_of_a_feature_map_have_mean_1(side):
    weights = np.asarray(position_weights(LEAF, side, side))

    assert weights.shape == (3, side, side, 1)
    np.testing.assert_allclose(weights.mean(axis=(1, 2, 3)), 1, rtol=1e-5)
    assert weights.min() > 0


def test_without_a_leaf_anywhere_the_whole_photo_counts():
    np.testing.assert_allclose(position_weights(np.zeros((1, 4, 4, 1), "f4"), 4, 4), 1)


def test_averages_are_those_of_the_leaf():
    leaf = np.zeros((3, 6, 6, 1), "float32")
    leaf[:, :2] = 1

    found = LeafAveragePooling()([MAPS, leaf])

    inside, outside = MAPS[:, :2].sum(axis=(1, 2)), MAPS[:, 2:].sum(axis=(1, 2))
    total = 12 * (1 + LEAST_WEIGHT) + 24 * LEAST_WEIGHT
    expected = ((1 + LEAST_WEIGHT) * inside + LEAST_WEIGHT * outside) / total
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_covariances_are_weighted_too():
    pooling = SecondOrderPooling()
    weights = np.asarray(position_weights(LEAF, 6, 6)).reshape(3, 36, 1)
    x = MAPS.reshape(3, 36, 4)
    centred = x - (weights * x).mean(axis=1, keepdims=True)
    expected = np.swapaxes(weights * centred, 1, 2) @ centred / 36

    found = pooling.covariance(pooling.centred([MAPS, LEAF]))

    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_background_that_the_map_leaves_out_hardly_matters():
    leaf = np.zeros((3, 6, 6, 1), "float32")
    leaf[:, 1:5, 1:5] = 1
    other = MAPS.copy()
    other[leaf[..., 0] == 0] += 2

    for pooling in (LeafAveragePooling(), SecondOrderPooling()):
        change = np.abs(np.asarray(pooling([other, leaf])) - np.asarray(pooling([MAPS, leaf])))
        whole = np.abs(
            np.asarray(pooling([other, np.ones_like(leaf)]))
            - np.asarray(pooling([MAPS, np.ones_like(leaf)]))
        )
        assert change.mean() < whole.mean() / 8


def test_equal_weights_are_those_of_the_whole_photo():
    whole, even = SecondOrderPooling(), SecondOrderPooling()

    np.testing.assert_allclose(even([MAPS, np.full_like(LEAF, 0.3)]), whole(MAPS), atol=1e-5)


@pytest.mark.parametrize(("old", "new"), [(3, 6), (6, 3), (7, 5), (4, 4)])
def test_resizing_keeps_a_constant(old, new):
    matrix = resampling(old, new)

    assert matrix.shape == (new, old)
    np.testing.assert_allclose(matrix.sum(axis=1), 1, rtol=1e-6)


def test_positions_are_symmetric():
    found = position_features(5, 7)

    np.testing.assert_allclose(found[::-1, ::-1, 2:], found[..., 2:])
    np.testing.assert_allclose(found[::-1, ::-1, :2], -found[..., :2])
