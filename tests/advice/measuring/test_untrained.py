"""The untrained twin has the shape of a network and none of its knowledge."""

from __future__ import annotations

import random

import keras
import numpy as np
import pytest

from transferleaf.advice.measuring.untrained import untrained_twin
from transferleaf.backbones import Backbone, Stage

STAGES = ("low_out", "mid_out", "high_out")


@pytest.fixture
def photos():
    return np.random.default_rng(0).integers(0, 255, size=(12, 16, 16, 3)).astype("uint8")


@pytest.fixture
def tiny(tiny_network) -> Backbone:
    return Backbone.from_model(tiny_network(), [Stage(name=end, last_layer=end) for end in STAGES])


def values(backbone):
    return [np.asarray(weight) for weight in backbone.model.weights]


def test_a_seed_repeats_the_weights_and_another_changes_them(tiny, photos):
    first, again, other = (untrained_twin(tiny, photos, seed=seed) for seed in (1, 1, 2))

    assert all(map(np.array_equal, values(first), values(again)))
    assert not any(map(np.array_equal, values(first)[:1], values(other)[:1]))


def test_the_network_itself_stays_as_it_is(tiny, photos):
    before = values(tiny)

    twin = untrained_twin(tiny, photos, seed=0)

    assert all(map(np.array_equal, before, values(tiny)))
    assert not np.array_equal(before[0], values(twin)[0])


def test_the_program_s_random_numbers_are_not_touched(tiny, photos):
    random.seed(3)
    expected = random.random()
    random.seed(3)

    untrained_twin(tiny, photos, seed=0)

    assert random.random() == expected


def test_batch_norms_are_new_where_that_tells_photos_apart(tiny, photos):
    twin = untrained_twin(tiny, photos, seed=0)

    np.testing.assert_array_equal(twin.model.get_layer("mid_bn").moving_mean, np.zeros(8))
    np.testing.assert_array_equal(twin.model.get_layer("mid_bn").moving_variance, np.ones(8))


@pytest.mark.parametrize("size", [0.03, 1e9], ids=["fading", "overflowing"])
def test_batch_norms_hold_the_statistics_of_the_photos_where_signals_are_lost(photos, size):
    maps = pixels = keras.Input((16, 16, 3))
    for _ in range(10):
        kernels = keras.initializers.RandomNormal(stddev=size)
        maps = keras.layers.Conv2D(
            4, 3, padding="same", use_bias=False, kernel_initializer=kernels
        )(maps)
        maps = keras.layers.BatchNormalization()(maps)
    last = keras.layers.Activation("linear", name="end")(maps)
    deep = Backbone.from_model(keras.Model(pixels, last), [Stage(name="end", last_layer="end")])

    twin = untrained_twin(deep, photos, seed=0)

    ends = np.asarray(twin.model(photos.astype("float32"), training=False))
    assert ends.std() == pytest.approx(1, abs=0.2)


def test_a_network_that_cannot_be_built_again_has_no_twin(photos):
    class Once(keras.layers.Layer):
        def __init__(self, secret):
            super().__init__(name="once")

        def call(self, inputs):
            return inputs

    pixels = keras.Input((16, 16, 3))
    network = keras.Model(pixels, Once("secret")(pixels))
    backbone = Backbone.from_model(network, [Stage(name="once", last_layer="once")])

    assert untrained_twin(backbone, photos, seed=0) is None
