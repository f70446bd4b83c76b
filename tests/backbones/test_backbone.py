"""A backbone can be divided, described and saved."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

from tests.backbones.tiny import TINY_STAGES, tiny_network
from tests.backbones.tinyformer import TINYFORMER
from transferleaf.backbones import (
    Backbone,
    PixelConvention,
    Stage,
    build_backbone,
    get_backbone,
)
from transferleaf.backbones.backbone import weighted_layers
from transferleaf.errors import BackboneStructureError
from transferleaf.freezing.layers import LayerInfo


def test_its_model_ends_in_the_feature_maps_of_all_stages():
    backbone = Backbone.from_model(tiny_network(8), TINY_STAGES)

    shapes = [tuple(output.shape) for output in backbone.model.outputs]

    assert shapes == [(None, 4, 4, 4), (None, 4, 4, 4)]


def test_it_shares_its_layers_with_the_given_model():
    model = tiny_network()

    backbone = Backbone.from_model(model, TINY_STAGES)

    assert backbone.model.get_layer("low_conv") is model.get_layer("low_conv")


def test_by_default_it_has_the_models_name_and_raw_pixels():
    backbone = Backbone.from_model(tiny_network(), TINY_STAGES)

    assert (backbone.name, backbone.pixels) == ("tiny", PixelConvention())


def test_convolutions_take_photos_of_other_sizes():
    backbone = Backbone.from_model(tiny_network(), TINY_STAGES)

    assert backbone.resizable
    assert backbone.describe().resizable


def test_a_layer_for_one_size_is_not_resizable():
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, strides=2, padding="same", name="low_conv")(inputs)
    x = keras.layers.Reshape((4, 4, 2, 2))(x)
    x = keras.layers.Reshape((4, 4, 4), name="low_out")(x)
    stages = [Stage(name="low", last_layer="low_out")]

    backbone = Backbone.from_model(keras.Model(inputs, x), stages)

    assert not backbone.describe().resizable


def test_a_transformer_is_not_resizable():
    assert not build_backbone(TINYFORMER, weights=None).resizable


def test_a_model_with_lists_as_inputs_and_outputs_is_accepted():
    model = tiny_network(8)
    listed = keras.Model(inputs=[model.inputs[0]], outputs=[model.outputs[0]])

    assert Backbone.from_model(listed, TINY_STAGES).image_size == 8


def test_a_configuration_of_keras_3_10_gives_one_input_too():
    config = Backbone.from_model(tiny_network(8), TINY_STAGES).get_config()
    structure = config["model"]["config"]
    (name,) = (
        layer["name"] for layer in structure["layers"] if layer["class_name"] == "InputLayer"
    )
    structure["input_layers"] = [[name, 0, 0]]  # the format of 3.10; later: [name, 0, 0]

    rebuilt = Backbone.from_config(config)

    assert tuple(rebuilt.model.input.shape) == (None, 8, 8, 3)


@pytest.mark.parametrize(
    ("shape", "found"),
    [
        ((None, None, 3), "[(None, None, None, 3)]"),
        ((8, 6, 3), "[(None, 8, 6, 3)]"),
        ((8, 8, 1), "[(None, 8, 8, 1)]"),
    ],
)
def test_an_input_that_is_not_a_square_photo_is_refused(shape: tuple[int | None, ...], found: str):
    pixels = keras.Input(shape)
    model = keras.Model(pixels, keras.layers.Conv2D(2, 1, name="conv")(pixels), name="odd")

    with pytest.raises(BackboneStructureError) as caught:
        Backbone.from_model(model, [Stage(name="all", last_layer="conv")])

    assert str(caught.value) == (
        f"the network 'odd' cannot be used as a backbone: it takes {found}, "
        "not one input (None, size, size, 3) of a fixed size"
    )


def test_a_stage_that_does_not_end_in_a_map_is_refused():
    pixels = keras.Input((8, 8, 3))
    model = keras.Model(pixels, keras.layers.Flatten(name="flat")(pixels), name="flat_net")

    with pytest.raises(BackboneStructureError) as caught:
        Backbone.from_model(model, [Stage(name="all", last_layer="flat")])

    assert str(caught.value) == (
        "the network 'flat_net' cannot be used as a backbone: "
        "stage 'all' ends in shape (None, 192), not a feature map"
    )


def test_it_describes_the_layers_with_weights():
    backbone = Backbone.from_model(tiny_network(8), TINY_STAGES)

    assert backbone.describe().layers == (
        LayerInfo(name="low_conv", stage=0, parameters=112, multiply_adds=16 * 108),
        LayerInfo(name="low_bn", stage=0, parameters=8, batch_norm=True),
        LayerInfo(name="high_conv", stage=1, parameters=148, multiply_adds=16 * 144),
    )


def test_freezing_does_not_change_the_description():
    backbone = Backbone.from_model(tiny_network(), TINY_STAGES)
    before = backbone.describe()

    for layer in backbone.model.layers:
        layer.trainable = False

    assert backbone.describe() == before


def test_layers_inside_layers_are_found_by_their_position():
    pixels = keras.Input((8, 8, 3))
    block = keras.Sequential(
        [keras.layers.Conv2D(2, 1, name=f"from_counter_{id(pixels)}"), keras.layers.Conv2D(2, 1)],
        name="block",
    )
    model = keras.Model(pixels, block(pixels))

    assert [path for path, _ in weighted_layers(model)] == ["block/conv2d", "block/conv2d_1"]


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("resnet50", 3.8e9),  # He et al. 2015, table 1
        ("keras_cv:resnet18", 1.8e9),  # the same
        ("mobilenetv3_small", 56e6),  # Howard et al. 2019, table 3
        ("convnext_tiny", 4.5e9),  # Liu et al. 2022, table 1
        ("keras_cv:efficientnetv2_b0", 0.72e9),  # its convolutions are inside composite layers
    ],
)
def test_multiply_adds_at_224_pixels_agree_with_the_papers(name: str, published: float):
    layers = build_backbone(get_backbone(name), image_size=224, weights=None).describe().layers

    assert sum(layer.multiply_adds for layer in layers) == pytest.approx(published, rel=0.03)


@pytest.mark.parametrize(
    "name",
    ["baseline_cnn", "convnext_tiny", "keras_cv:mobilenet_v3_small"],
)
def test_its_configuration_survives_json(name: str):
    backbone = build_backbone(get_backbone(name), image_size=32, weights=None)
    pixels = np.random.default_rng(0).normal(size=(1, 32, 32, 3)).astype("float32")

    copy = Backbone.from_config(json.loads(json.dumps(backbone.get_config())))
    copy.model.set_weights(backbone.model.get_weights())

    assert (copy.name, copy.stages, copy.pixels, copy.image_size) == (
        backbone.name,
        backbone.stages,
        backbone.pixels,
        backbone.image_size,
    )
    assert copy.describe() == backbone.describe()
    for features, expected in zip(copy.model(pixels), backbone.model(pixels), strict=True):
        np.testing.assert_array_equal(features.numpy(), expected.numpy())


@pytest.mark.parametrize("name", ["efficientnet_lite0", "keras_cv:efficientnetv2_b0"])
def test_it_computes_in_half_precision_and_keeps_its_weights_in_full(name: str):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        backbone = build_backbone(get_backbone(name), image_size=32, weights=None)
        features = backbone.model(np.zeros((1, 32, 32, 3), "float32"))
    finally:
        keras.config.set_dtype_policy(before)

    assert {keras.backend.standardize_dtype(part.dtype) for part in features} == {"float16"}
    assert {weight.dtype for weight in backbone.model.weights} == {"float32"}
