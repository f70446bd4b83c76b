"""Batch normalisations tell how far photos lie from those of the pretraining, wherever they are."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import transferleaf as tl
from transferleaf.backbones import Backbone, Stage
from transferleaf.backbones.weights.building import build_backbone
from transferleaf.similarity.batch_norm_inputs import (
    batch_norms,
    channel_moments,
    listening,
    run_eagerly,
    stage_divergences,
)

STAGES = ("low_out", "mid_out", "high_out")


@pytest.fixture
def photos():
    return np.random.default_rng(0).integers(0, 255, size=(12, 16, 16, 3)).astype("uint8")


@pytest.fixture
def tiny(tiny_network) -> Backbone:
    return Backbone.from_model(tiny_network(), [Stage(name=end, last_layer=end) for end in STAGES])


def learn(backbone, photos):
    """Let all batch normalisations hold the moments of ``photos``."""
    norms = batch_norms(backbone.model).values()

    def take(norm, inputs):
        mean, variance = channel_moments(norm, inputs)
        norm.moving_mean.assign(mean)
        norm.moving_variance.assign(variance)

    with listening(norms, take):
        run_eagerly(backbone, photos)


def test_photos_of_the_pretraining_lie_at_zero_however_they_are_batched(tiny, photos):
    learn(tiny, photos)

    found = stage_divergences(tiny, [photos[:5], photos[5:]])

    np.testing.assert_allclose(found, [0, 0, 0], atol=1e-5)


def test_other_photos_lie_further_off_the_less_they_are_alike(tiny, photos):
    learn(tiny, photos)

    near, far = (stage_divergences(tiny, [change(photos)])[0] for change in (_darker, _black))

    assert 0.01 < near < far


def test_the_first_layer_is_as_by_hand(tiny, photos):
    norm = tiny.model.get_layer("low_bn")
    norm.moving_mean.assign([1.0, 2.0, 3.0, 4.0])
    inputs = np.asarray(tiny.model.get_layer("low_conv")(photos.astype("float32")), np.float64)
    variance, mean = inputs.var(axis=(0, 1, 2)), inputs.mean(axis=(0, 1, 2))
    old, new = 1 + 1e-3, variance + 1e-3
    by_hand = 0.5 * (np.log(old / new) + (new + (mean - [1, 2, 3, 4]) ** 2) / old - 1)

    found = stage_divergences(tiny, [photos])

    assert found[0] == pytest.approx(by_hand.mean(), rel=1e-4)


def test_statistics_that_nothing_was_learnt_into_tell_nothing(tiny, photos):
    assert stage_divergences(tiny, [photos]) == (None, None, None)


def test_a_stage_without_batch_norm_tells_nothing(photos):
    pixels = keras.Input((16, 16, 3))
    first = keras.layers.Conv2D(4, 3, name="plain")(pixels)
    norm = keras.layers.BatchNormalization(name="normed")
    backbone = Backbone.from_model(
        keras.Model(pixels, norm(first)),
        [Stage(name="plain", last_layer="plain"), Stage(name="normed", last_layer="normed")],
    )
    learn(backbone, photos)

    plain, normed = stage_divergences(backbone, [photos])

    assert plain is None
    assert normed == pytest.approx(0, abs=1e-5)


def test_batch_norms_inside_other_layers_are_heard(photos):
    class Block(keras.layers.Layer):
        def __init__(self):
            super().__init__(name="block")
            self.conv = keras.layers.Conv2D(4, 3)
            self.norm = keras.layers.BatchNormalization()

        def build(self, shape):
            self.conv.build(shape)
            self.norm.build(self.conv.compute_output_shape(shape))

        def call(self, inputs):
            return self.norm(self.conv(inputs))

    pixels = keras.Input((16, 16, 3))
    network = keras.Model(pixels, Block()(pixels))
    backbone = Backbone.from_model(network, [Stage(name="block", last_layer="block")])
    learn(backbone, photos)

    (found,) = stage_divergences(backbone, [_darker(photos)])

    assert found > 0.01


def test_layers_are_left_as_they_were(tiny, photos):
    weights = [np.asarray(weight) for weight in tiny.model.weights]
    norm = tiny.model.get_layer("low_bn")
    call = norm.call

    def fail(layer, inputs):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), listening([norm], fail):
        run_eagerly(tiny, photos)

    assert norm.call == call
    for before, after in zip(weights, tiny.model.weights, strict=True):
        np.testing.assert_array_equal(before, np.asarray(after))


@pytest.mark.real
@pytest.mark.parametrize(
    ("folder", "low", "high"),
    [
        ("plantvillage-mini", 0.06, 0.12),
        ("field-mini", 0.05, 0.15),
        ("dissimilar-mini", 0.30, 0.42),
    ],
)
def test_real_photos_lie_where_they_were_measured_before(real_photos, folder, low, high):
    """Blocks 1 to 5 at 224 px, with the scatter of a sample of 48 photos."""
    data = tl.LeafDataset.from_folder(real_photos / folder)
    rows = np.linspace(0, len(data) - 1, 48).astype(int)
    photos = np.stack([data.read(int(row), 224) for row in rows])
    backbone = build_backbone(tl.get_backbone("efficientnet_lite0"))

    found = stage_divergences(backbone, np.split(photos, 12))

    assert low < min(found[1:6]) < max(found[1:6]) < high


def _darker(photos):
    return photos // 2


def _black(photos):
    return photos * 0
