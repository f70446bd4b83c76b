from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from transferleaf.features.second_order import (
    SecondOrderPooling,
    matrix_square_root,
    projection,
)

MAPS = np.random.default_rng(0).normal(size=(3, 6, 5, 4)).astype("float32")


def covariances(maps):
    x = maps.reshape(len(maps), -1, maps.shape[-1])
    x = x - x.mean(axis=1, keepdims=True)
    return np.swapaxes(x, 1, 2) @ x / x.shape[1]


def squared(features, n):
    """Return the matrices whose square roots are in ``features``."""
    root = np.zeros((len(features), n, n))
    rows, columns = np.triu_indices(n)
    root[:, rows, columns] = root[:, columns, rows] = features
    return root @ root


def test_the_features_are_the_root_of_the_covariance():
    pooling = SecondOrderPooling(iterations=20)

    found = squared(np.asarray(pooling(MAPS)), 4)

    np.testing.assert_allclose(found, covariances(MAPS), rtol=0.01, atol=0.01)


def test_a_mean_that_all_places_share_does_not_matter():
    pooling = SecondOrderPooling()

    np.testing.assert_allclose(pooling(MAPS + 3), pooling(MAPS), atol=1e-5)


def test_the_order_of_the_positions_does_not_matter():
    pooling = SecondOrderPooling()
    moved = MAPS[:, ::-1, [2, 0, 1, 4, 3]]

    np.testing.assert_allclose(pooling(moved), pooling(MAPS), atol=1e-5)


def test_features_grow_as_the_feature_map_does():
    pooling = SecondOrderPooling()

    np.testing.assert_allclose(pooling(10 * MAPS), 10 * np.asarray(pooling(MAPS)), rtol=1e-3)


def test_a_map_without_variation_gives_zeros_and_a_finite_gradient():
    pooling = SecondOrderPooling()
    flat = tf.ones((1, 4, 4, 3))

    with tf.GradientTape() as tape:
        tape.watch(flat)
        features = pooling(flat)
        total = tf.reduce_sum(features)

    np.testing.assert_allclose(features, 0, atol=1e-5)
    assert np.isfinite(tape.gradient(total, flat)).all()


def test_a_gradient_passes_where_there_are_fewer_places_than_channels():
    pooling = SecondOrderPooling()
    maps = tf.constant(MAPS[:, :1, :2])

    with tf.GradientTape() as tape:
        tape.watch(maps)
        total = tf.reduce_sum(pooling(maps))
    gradient = tape.gradient(total, maps).numpy()

    assert np.isfinite(gradient).all()
    assert np.abs(gradient).max() > 0


def test_gradients_are_those_of_differences():
    pooling = SecondOrderPooling()
    maps = MAPS[:1].astype("float64").astype("float32")
    step = np.zeros_like(maps)
    step[0, 2, 3, 1] = 1e-2

    with tf.GradientTape() as tape:
        x = tf.constant(maps)
        tape.watch(x)
        total = tf.reduce_sum(pooling(x))
    slope = float(tape.gradient(total, x)[0, 2, 3, 1])

    change = np.sum(pooling(maps + step)) - np.sum(pooling(maps - step))
    assert slope == pytest.approx(float(change) / 2e-2, rel=0.02)


def test_fewer_channels_are_projected_first():
    pooling = SecondOrderPooling(2)

    found = pooling(MAPS)

    projected = SecondOrderPooling()(MAPS @ projection(4, 2))
    assert found.shape == (3, 3)
    np.testing.assert_allclose(found, projected, atol=1e-5)


def test_all_channels_need_no_projection():
    np.testing.assert_array_equal(SecondOrderPooling(4)(MAPS), SecondOrderPooling()(MAPS))


def test_the_projection_never_changes():
    """Stored features and saved classifiers depend on these numbers."""
    expected = [[0.471577, 0.247186], [-0.545128, -0.672806], [-0.693146, 0.697303]]

    np.testing.assert_allclose(projection(3, 2), expected, atol=1e-6)


def test_the_layer_is_the_same_after_saving(tmp_path):
    inputs = keras.Input((6, 5, 4))
    model = keras.Model(inputs, SecondOrderPooling(3, iterations=4, name="pool")(inputs))
    model.save(tmp_path / "model.keras")

    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)

    layer = loaded.get_layer("pool")
    assert (layer.channels, layer.iterations) == (3, 4)
    np.testing.assert_array_equal(loaded(MAPS), model(MAPS))


def test_under_mixed_precision_it_computes_in_float32():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        found = SecondOrderPooling()(MAPS.astype("float16"))
    finally:
        keras.config.set_dtype_policy("float32")

    assert found.dtype == "float32"
    np.testing.assert_allclose(found, SecondOrderPooling()(MAPS), atol=2e-3)


@pytest.mark.parametrize("iterations", [1, 2, 8])
def test_the_root_is_that_of_the_coupled_iteration(iterations):
    matrix = np.array([[[0.5, 0.1], [0.1, 0.3]]], "float32")
    root, inverse = matrix[0], np.eye(2)
    for _ in range(iterations):
        change = (3 * np.eye(2) - inverse @ root) / 2
        root, inverse = root @ change, change @ inverse

    np.testing.assert_allclose(matrix_square_root(matrix, iterations)[0], root, atol=1e-5)
