"""Folding of frozen batch norms into the convolutions before them."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from transferleaf.training.phases.folding import FoldedConvolution, fold_frozen_norms

NORM = keras.layers.BatchNormalization


@pytest.fixture
def photos():
    return np.random.default_rng(0).normal(size=(4, 9, 9, 3)).astype("float32")


def network(*layers, frozen=True):
    """A chain of layers with random statistics, and an output after each of them."""
    given = keras.Input((9, 9, 3))
    maps = [given]
    for layer in layers:
        maps.append(layer(maps[-1]))
    model = keras.Model(given, maps[1:])
    draw = np.random.default_rng(1)
    model.set_weights([draw.uniform(0.5, 2, size=weight.shape) for weight in model.weights])
    for layer in model.layers:
        if isinstance(layer, NORM):
            layer.trainable = not frozen
    return keras.Model(given, maps[-1])


def folded_layers(model):
    return [layer for layer in model.layers if isinstance(layer, FoldedConvolution)]


CONVOLUTIONS = {
    "convolution": lambda: keras.layers.Conv2D(5, 3, strides=2, padding="same", use_bias=False),
    "with a bias": lambda: keras.layers.Conv2D(5, 3),
    "dilated": lambda: keras.layers.Conv2D(5, 3, dilation_rate=2),
    "depthwise": lambda: keras.layers.DepthwiseConv2D(3, strides=2, use_bias=False),
    "depthwise with a bias": lambda: keras.layers.DepthwiseConv2D(3, padding="same"),
}


@pytest.mark.parametrize("kind", CONVOLUTIONS)
@pytest.mark.parametrize("norm", [{}, {"scale": False}, {"center": False}, {"epsilon": 0.1}])
def test_a_folded_network_computes_the_same(photos, kind, norm):
    plain = network(CONVOLUTIONS[kind](), NORM(**norm), keras.layers.ReLU(6))

    folded = fold_frozen_norms(plain)

    assert len(folded_layers(folded)) == 1
    np.testing.assert_allclose(folded(photos), plain(photos), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", CONVOLUTIONS)
def test_the_gradients_of_a_folded_network_are_the_same(photos, kind):
    plain = network(CONVOLUTIONS[kind](), NORM(), keras.layers.ReLU(6))
    folded = fold_frozen_norms(plain)

    expected = gradients(plain, photos, plain.trainable_variables)
    found = gradients(folded, photos, plain.trainable_variables)

    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)


def test_a_folded_network_has_the_same_weights(photos):
    plain = network(keras.layers.Conv2D(5, 3), NORM(), keras.layers.Conv2D(2, 1))

    folded = fold_frozen_norms(plain)

    assert ids(folded.weights) == ids(plain.weights)
    assert ids(folded.trainable_weights) == ids(plain.trainable_weights)


def test_a_folded_network_follows_its_weights(photos):
    plain = network(keras.layers.Conv2D(5, 3), NORM())
    folded = fold_frozen_norms(plain)

    plain.set_weights([weight + 1 for weight in plain.get_weights()])

    np.testing.assert_allclose(folded(photos), plain(photos), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "layers",
    [
        (keras.layers.Conv2D(5, 3, activation="relu"), NORM()),
        (keras.layers.Conv2D(6, 3, groups=3), NORM()),
        (keras.layers.Conv2D(5, 3, dtype="mixed_bfloat16"), NORM()),
        (keras.layers.DepthwiseConv2D(3, depth_multiplier=2), NORM()),
        (keras.layers.ReLU(), NORM()),
        (NORM(), keras.layers.Conv2D(5, 3)),
        (keras.layers.SeparableConv2D(5, 3), NORM()),
    ],
    ids=[
        "an activation lies between",
        "grouped",
        "half precision",
        "several kernels a channel",
        "no convolution",
        "the normalisation comes first",
        "another convolution",
    ],
)
def test_other_layers_are_not_folded(layers):
    assert not folded_layers(fold_frozen_norms(network(*layers)))


def test_a_normalisation_that_trains_stays():
    plain = network(keras.layers.Conv2D(5, 3), NORM(), frozen=False)

    assert not folded_layers(fold_frozen_norms(plain))


def test_a_convolution_that_others_use_too_is_kept_for_them(photos):
    given = keras.Input((9, 9, 3))
    convolved = keras.layers.Conv2D(5, 3)(given)
    norm = NORM()
    norm.trainable = False
    plain = keras.Model(given, [convolved, norm(convolved)])

    raw, normalised = fold_frozen_norms(plain)(photos)

    np.testing.assert_allclose(raw, plain(photos)[0], rtol=1e-5)
    np.testing.assert_allclose(normalised, plain(photos)[1], rtol=1e-5, atol=1e-6)


def test_a_normalisation_after_several_convolutions_is_folded_into_each(photos):
    norm = NORM()
    plain = network(keras.layers.Conv2D(3, 3), norm, keras.layers.Conv2D(3, 3), norm)

    folded = fold_frozen_norms(plain)

    assert len(folded_layers(folded)) == 2
    np.testing.assert_allclose(folded(photos), plain(photos), rtol=1e-5, atol=1e-4)


def test_a_convolution_that_is_called_by_keyword_stays(photos):
    given = keras.Input((9, 9, 3))
    norm = NORM()
    norm.trainable = False
    plain = keras.Model(given, norm(keras.layers.Conv2D(5, 3)(inputs=given)))

    folded = fold_frozen_norms(plain)

    np.testing.assert_allclose(folded(photos), plain(photos), rtol=1e-5, atol=1e-6)


def gradients(model, photos, variables):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(model(photos, training=True)))
    return tape.gradient(loss, [variable.value for variable in variables])


def ids(weights):
    return {id(weight) for weight in weights}
