"""The networks of keras-cv, built from explicit arguments with layers that can be saved."""

from __future__ import annotations

import dataclasses
import json
import socket

import keras
import keras_cv
import numpy as np
import pytest
from keras_cv.src.utils.preset_utils import save_to_preset

from transferleaf.backbones import BackboneSpec, build_backbone, get_backbone, list_backbones
from transferleaf.errors import PretrainedWeightsError


def _published(spec: BackboneSpec, preset: str) -> BackboneSpec:
    """The same backbone, with its weights in another preset."""
    network = dataclasses.replace(spec.build.__self__, published=preset)
    return dataclasses.replace(spec, build=network.build)


@pytest.mark.parametrize("name", list_backbones("keras_cv:*"))
def test_it_has_the_name_of_a_preset(name: str):
    network = get_backbone(name).build.__self__

    presets = getattr(keras_cv.models, network.architecture).presets

    assert name.removeprefix("keras_cv:") in presets


@pytest.mark.parametrize("name", list_backbones("keras_cv:*"))
def test_it_offers_the_weights_that_keras_cv_publishes(name: str):
    network = get_backbone(name).build.__self__

    published = getattr(keras_cv.models, network.architecture).presets_with_weights

    preset = f"{network.preset}_imagenet"
    assert network.published == (preset if preset in published else None)


@pytest.mark.parametrize(
    "name", ["keras_cv:resnet18", "keras_cv:resnet50_v2", "keras_cv:efficientnetv2_b0"]
)
def test_it_has_as_many_parameters_as_keras_cv_says(name: str):
    network = get_backbone(name).build.__self__
    preset = getattr(keras_cv.models, network.architecture).presets[network.preset]

    model = network.build(32, None)

    assert model.count_params() == preset["metadata"]["params"]


@pytest.mark.parametrize(
    ("name", "architecture"),
    [
        ("keras_cv:mobilenet_v3_small", "MobileNetV3Backbone"),
        ("keras_cv:efficientnetv2_b0", "EfficientNetV2Backbone"),
    ],
)
def test_replaced_layers_compute_the_same(monkeypatch, name: str, architecture: str):
    spec = get_backbone(name)
    constructor = getattr(keras_cv.models, architecture)
    theirs = constructor(
        input_shape=(32, 32, 3), include_rescaling=False, **spec.build.__self__.arguments
    )
    numbers = np.random.default_rng(1)
    theirs.set_weights([numbers.uniform(0.1, 0.2, weight.shape) for weight in theirs.weights])
    monkeypatch.setattr(constructor, "from_preset", lambda *_, **__: theirs)
    pixels = numbers.normal(size=(1, 32, 32, 3)).astype("float32")

    features = build_backbone(spec, image_size=32).model(pixels)[-1].numpy()

    np.testing.assert_array_equal(features, theirs(pixels).numpy())


@pytest.mark.parametrize("name", ["keras_cv:mobilenet_v3_small", "keras_cv:efficientnetv2_b0"])
def test_a_file_names_no_layer_of_keras_cv(name: str):
    backbone = build_backbone(get_backbone(name), image_size=32, weights=None)

    assert '"keras_cv' not in json.dumps(backbone.get_config()["model"])


def test_weights_of_a_preset_fill_the_network(tmp_path):
    spec = get_backbone("keras_cv:mobilenet_v3_small")
    network = spec.build.__self__
    saved = keras_cv.models.MobileNetV3Backbone(
        input_shape=(None, None, 3), include_rescaling=True, **network.arguments
    )
    save_to_preset(saved, str(tmp_path))

    backbone = build_backbone(_published(spec, str(tmp_path)), image_size=40)

    assert backbone.image_size == 40
    assert not any(isinstance(layer, keras.layers.Rescaling) for layer in backbone.model.layers)
    for loaded, written in zip(backbone.model.get_weights(), saved.get_weights(), strict=True):
        np.testing.assert_array_equal(loaded, written)


def test_without_a_network_pretrained_weights_are_an_error(monkeypatch, tmp_path):
    def refuse(*_arguments: object, **_options: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path))

    with pytest.raises(PretrainedWeightsError) as caught:
        build_backbone(get_backbone("keras_cv:resnet50"), image_size=32)

    assert caught.value.source == "keras-cv's preset 'resnet50_imagenet'"
    assert "Name or service not known" in caught.value.reason


def test_missing_weights_of_keras_cv_are_reported():
    with pytest.raises(PretrainedWeightsError) as caught:
        build_backbone(get_backbone("keras_cv:resnet18"))

    assert str(caught.value).startswith(
        "the pretrained weights of 'keras_cv:resnet18' are not available from "
        "keras_cv.models.ResNetBackbone (none are published). "
        "Pass a weights file; "
    )
