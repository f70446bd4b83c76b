"""KerasHub networks that a user created, as backbones of a classifier."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import transferleaf as tl
from transferleaf.backbones.keras_hub.presets import UnknownPixelsWarning
from transferleaf.errors import ConfigError

keras_hub = pytest.importorskip("keras_hub", reason="the extra hub is not installed")

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")
TINY_VIT = {"patch_size": 8, "num_layers": 4, "num_heads": 2, "hidden_dim": 16, "mlp_dim": 32}


@pytest.fixture(scope="module")
def vit() -> keras.Model:
    return keras_hub.models.ViTBackbone(image_shape=(32, 32, 3), **TINY_VIT)


def test_a_network_is_cut_into_groups_of_blocks(vit: keras.Model):
    with pytest.warns(UnknownPixelsWarning, match="gets unchanged RGB in"):
        classifier = tl.TransferClassifier(classes=CLASSES, backbone=vit)

    assert classifier.backbone.stage_names == ("stem", "blocks1", "blocks2", "blocks3", "blocks4")
    assert classifier.backbone.image_size == 32


def test_a_task_defines_its_pixel_convention(vit: keras.Model):
    converter = keras_hub.layers.ViTImageConverter(
        image_size=(32, 32), scale=1 / 127.5, offset=-1.0
    )
    task = keras_hub.models.ViTImageClassifier(
        backbone=vit,
        num_classes=2,
        preprocessor=keras_hub.models.ViTImageClassifierPreprocessor(converter),
    )

    classifier = tl.TransferClassifier(classes=CLASSES, backbone=task)

    np.testing.assert_allclose(classifier.backbone.pixels.mean, [127.5] * 3)
    np.testing.assert_allclose(classifier.backbone.pixels.std, [127.5] * 3)


def test_its_weights_are_copied(vit: keras.Model):
    with pytest.warns(UnknownPixelsWarning):
        classifier = tl.TransferClassifier(classes=CLASSES, backbone=vit, image_size=32)
    pixels = np.random.default_rng(0).normal(size=(1, 32, 32, 3)).astype("float32")
    before = vit(pixels).numpy()

    block = classifier.backbone.model.get_layer("block1")
    block.set_weights([weight + 1 for weight in block.get_weights()])

    np.testing.assert_array_equal(vit(pixels).numpy(), before)


def test_it_names_its_own_stages(vit: keras.Model):
    with pytest.raises(ConfigError, match="a network of KerasHub has its own"):
        tl.TransferClassifier(classes=CLASSES, backbone=vit, stages=["vit_encoder"])


def test_a_network_for_any_size_needs_one():
    network = keras_hub.models.VGGBackbone(stackwise_num_repeats=[1], stackwise_num_filters=[4])

    with (
        pytest.warns(UnknownPixelsWarning),
        pytest.raises(ConfigError, match="takes photos of any size"),
    ):
        tl.TransferClassifier(classes=CLASSES, backbone=network)


@pytest.mark.parametrize("size", [33, 8, 0, 32.5])
def test_an_image_size_that_does_not_fit_is_refused(vit: keras.Model, size):
    with pytest.warns(UnknownPixelsWarning), pytest.raises(ConfigError) as caught:
        tl.TransferClassifier(classes=CLASSES, backbone=vit, image_size=size)

    assert caught.value.option == "image_size"
