"""The identity of a frozen network depends on everything that affects its outputs."""

from __future__ import annotations

import keras
import pytest

from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.spec import PixelConvention, Stage
from transferleaf.features.identity import stage_identities, structure_digest

STAGES = [Stage(name=name, last_layer=f"{name}_out") for name in ("low", "mid", "high")]


@pytest.fixture
def backbone(tiny_network):
    keras.utils.set_random_seed(1)
    return Backbone.from_model(tiny_network(), STAGES)


def test_it_is_the_same_for_a_network_built_again(backbone, tiny_network):
    keras.utils.set_random_seed(1)
    again = Backbone.from_model(tiny_network(), STAGES)

    assert stage_identities(again)[1] == stage_identities(backbone)[1]


def test_it_does_not_depend_on_what_trains(backbone):
    before = stage_identities(backbone)[1]

    backbone.model.get_layer("low_conv").trainable = False

    assert stage_identities(backbone)[1] == before


@pytest.mark.parametrize(
    ("layer", "changes"), [("low_conv", True), ("mid_bn", True), ("high_conv", False)]
)
def test_weights_count_up_to_the_end_of_the_stage(backbone, layer, changes):
    before = stage_identities(backbone)[1]

    weight = backbone.model.get_layer(layer).weights[-1]
    weight.assign(weight + 1)

    assert (stage_identities(backbone)[1] != before) is changes


def test_the_pixel_convention_counts(backbone, tiny_network):
    keras.utils.set_random_seed(1)
    shifted = PixelConvention(mean=(1.0, 2.0, 3.0))
    other = Backbone.from_model(tiny_network(), STAGES, pixels=shifted)

    assert stage_identities(other)[1] != stage_identities(backbone)[1]


def test_a_layer_without_weights_counts(backbone):
    config = backbone.model.get_config()
    for layer in config["layers"]:
        if layer["config"]["name"] == "low_out":
            layer["config"]["activation"] = "tanh"
    other = keras.Model.from_config(config)
    other.set_weights(backbone.model.get_weights())
    outputs = Backbone.from_model(keras.Model(other.input, other.outputs[-1]), STAGES)

    assert stage_identities(outputs)[1]["weights"] == stage_identities(backbone)[1]["weights"]
    assert stage_identities(outputs)[1] != stage_identities(backbone)[1]


def test_a_layer_without_configuration_is_never_considered_the_same():
    class Scale(keras.layers.Layer):
        def __init__(self, factors, **options):
            super().__init__(**options)
            self.factors = keras.ops.array(factors)

        def call(self, x):
            return x * self.factors

        def get_config(self):
            raise NotImplementedError

    x = inputs = keras.Input((16, 16, 3))
    for stage in ("low", "mid", "high"):
        x = keras.layers.Conv2D(3, 1, name=f"{stage}_conv")(x)
        x = Scale([1.0, 2.0, 3.0], name=f"{stage}_out")(x)
    backbone = Backbone.from_model(keras.Model(inputs, x), STAGES)

    assert structure_digest(backbone.model) is None
    assert stage_identities(backbone)[0] != stage_identities(backbone)[0]
