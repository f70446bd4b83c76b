"""Weights files that KerasHub itself wrote."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.backbones.keras_hub.tiny import TINY, tiny_hub_spec
from transferleaf.backbones import build_backbone, get_backbone
from transferleaf.backbones.keras_hub.listed import LISTED
from transferleaf.errors import WeightsMismatchError

keras_hub = pytest.importorskip("keras_hub", reason="the extra hub is not installed")

SIZE = 32


@pytest.fixture(scope="module")
def vit():
    """A network of KerasHub, with random weights."""
    return TINY["vit"].tower("keras_hub:tiny_vit", SIZE)


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(2, SIZE, SIZE, 3)).astype("float32")


def _in_a_preset(network, folder: Path) -> Path:
    network.save_to_preset(str(folder / "vit"))
    return folder / "vit/model.weights.h5"


def _as_one_file(network, folder: Path) -> Path:
    network.save(folder / "vit.keras")
    return folder / "vit.keras"


def _in_a_task(network, folder: Path) -> Path:
    keras_hub.models.ViTImageClassifier(backbone=network, num_classes=2).save(folder / "task.keras")
    return folder / "task.keras"


@pytest.mark.parametrize("write", [_in_a_preset, _as_one_file, _in_a_task])
def test_a_file_gives_the_values_in_it(vit, pixels, tmp_path: Path, write):
    path = write(vit, tmp_path)

    backbone = build_backbone(tiny_hub_spec("vit"), image_size=SIZE, weights=path)

    *_, patches, class_token = (output.numpy() for output in backbone.model(pixels))
    expected = vit(pixels).numpy()
    np.testing.assert_array_equal(patches.reshape(2, 16, 16), expected[:, 1:])
    np.testing.assert_array_equal(class_token, expected[:, :1])


def test_the_weights_alone_fit_a_listed_preset(tmp_path: Path):
    name = "mobilenet_v3_small_100_imagenet"
    network = LISTED[name].tower(f"keras_hub:{name}", 224)
    network.save_weights(tmp_path / "mobilenet.weights.h5")
    photo = np.random.default_rng(0).normal(size=(1, 224, 224, 3)).astype("float32")

    backbone = build_backbone(
        get_backbone(f"keras_hub:{name}"), weights=tmp_path / "mobilenet.weights.h5"
    )

    own = backbone.model(photo)[-1].numpy()
    np.testing.assert_allclose(own, network(photo).numpy(), rtol=1e-5, atol=1e-6)


def test_a_file_of_another_network_is_refused(vit, tmp_path: Path):
    vit.save_weights(tmp_path / "vit.weights.h5")

    with pytest.raises(WeightsMismatchError):
        build_backbone(
            get_backbone("keras_hub:mobilenet_v3_small_100_imagenet"),
            image_size=64,
            weights=tmp_path / "vit.weights.h5",
        )
