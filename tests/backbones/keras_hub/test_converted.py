"""Folders in the formats of transformers and timm, which KerasHub converts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import transferleaf as tl
from transferleaf.backbones import build_backbone, get_backbone
from transferleaf.backbones.keras_hub.presets import (
    UnknownPixelsWarning,
    convention_of_preprocessor,
)
from transferleaf.errors import WeightsFileError, WeightsMismatchError

keras_hub = pytest.importorskip("keras_hub", reason="the extra hub is not installed")
safetensors = pytest.importorskip("safetensors.numpy", reason="the extra hub is not installed")

WIDTH, MLP, BLOCKS, PATCH, SIZE = 16, 32, 2, 8, 32

VIT_CONFIG = {
    "model_type": "vit",
    "architectures": ["ViTForImageClassification"],
    "image_size": SIZE,
    "patch_size": PATCH,
    "num_hidden_layers": BLOCKS,
    "num_attention_heads": 2,
    "hidden_size": WIDTH,
    "intermediate_size": MLP,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
    "qkv_bias": True,
    "layer_norm_eps": 1e-12,
    "hidden_act": "gelu",
}

PREPROCESSOR = {
    "do_normalize": True,
    "do_resize": True,
    "image_mean": [0.5, 0.5, 0.25],
    "image_std": [0.5, 0.5, 0.5],
    "size": SIZE,
}


def _vit_values() -> dict[str, np.ndarray]:
    """Return random values under the names that transformers gives those of a ViT."""
    numbers = np.random.default_rng(5)

    def values(*shape: int) -> np.ndarray:
        return numbers.normal(0, 0.2, shape).astype("float32")

    found = {
        "vit.embeddings.cls_token": values(1, 1, WIDTH),
        "vit.embeddings.position_embeddings": values(1, 1 + (SIZE // PATCH) ** 2, WIDTH),
        "vit.embeddings.patch_embeddings.projection.weight": values(WIDTH, 3, PATCH, PATCH),
        "vit.embeddings.patch_embeddings.projection.bias": values(WIDTH),
    }
    dense = {
        "attention.attention.query": (WIDTH, WIDTH),
        "attention.attention.key": (WIDTH, WIDTH),
        "attention.attention.value": (WIDTH, WIDTH),
        "attention.output.dense": (WIDTH, WIDTH),
        "intermediate.dense": (MLP, WIDTH),
        "output.dense": (WIDTH, MLP),
    }
    norms = ["vit.layernorm"]
    for block in (f"vit.encoder.layer.{number}" for number in range(BLOCKS)):
        for name, shape in dense.items():
            found[f"{block}.{name}.weight"] = values(*shape)
            found[f"{block}.{name}.bias"] = values(shape[0])
        norms += [f"{block}.layernorm_before", f"{block}.layernorm_after"]
    for name in norms:
        found[f"{name}.weight"] = 1 + values(WIDTH)
        found[f"{name}.bias"] = values(WIDTH)
    return found


def _write(folder: Path, values: dict[str, np.ndarray], **files: object) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    safetensors.save_file(values, folder / "model.safetensors")
    return folder


@pytest.fixture(scope="module")
def vit(tmp_path_factory) -> Path:
    """A folder as transformers writes it."""
    folder = tmp_path_factory.mktemp("transformers") / "vit"
    return _write(folder, _vit_values(), config=VIT_CONFIG, preprocessor_config=PREPROCESSOR)


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(2, SIZE, SIZE, 3)).astype("float32")


def test_a_folder_of_transformers_gives_the_values_in_it(vit: Path, pixels):
    own = keras_hub.models.ViTBackbone.from_preset(str(vit))(pixels).numpy()

    backbone = build_backbone(get_backbone(f"keras_hub:{vit}"))

    *_, patches, class_token = (output.numpy() for output in backbone.model(pixels))
    np.testing.assert_array_equal(class_token, own[:, :1])
    np.testing.assert_array_equal(patches.reshape(2, 16, WIDTH), own[:, 1:])
    kernel = backbone.model.get_layer("patches").projection.kernel.numpy()
    stored = _vit_values()["vit.embeddings.patch_embeddings.projection.weight"]
    np.testing.assert_array_equal(kernel, stored.transpose(2, 3, 1, 0))


def test_its_preprocessor_tells_pixels_and_size(vit: Path, recwarn):
    spec = get_backbone(f"keras_hub:{vit}")

    np.testing.assert_allclose(spec.pixels.mean, [127.5, 127.5, 63.75])
    np.testing.assert_allclose(spec.pixels.std, [127.5] * 3)
    assert spec.image_size == SIZE
    assert not [each for each in recwarn if each.category is UnknownPixelsWarning]


def test_without_a_preprocessor_the_pixels_are_unknown(tmp_path: Path):
    folder = _write(tmp_path / "vit", _vit_values(), config=VIT_CONFIG)

    with pytest.warns(UnknownPixelsWarning, match="gets unchanged RGB in"):
        get_backbone(f"keras_hub:{folder}")


@pytest.mark.parametrize(
    ("config", "mean", "std", "size"),
    [
        ({"image_mean": [0.5] * 3, "image_std": [0.25] * 3, "size": 224}, 127.5, 63.75, 224),
        (
            {"image_mean": [0.5] * 3, "image_std": [0.5] * 3, "rescale_factor": 1 / 127.5},
            63.75,
            63.75,
            None,
        ),
        ({"image_mean": [100] * 3, "image_std": [50] * 3, "do_rescale": False}, 100, 50, None),
        ({"image_mean": [0.5] * 3, "image_std": [0.5] * 3, "do_normalize": False}, 0, 255, None),
        (
            {
                "image_mean": [0.5] * 3,
                "image_std": [0.5] * 3,
                "size": {"shortest_edge": 256},
                "crop_size": {"height": 224, "width": 224},
            },
            127.5,
            127.5,
            224,
        ),
        (
            {
                "image_mean": [0.5] * 3,
                "image_std": [0.5] * 3,
                "do_center_crop": False,
                "size": {"height": 384, "width": 384},
                "crop_size": 224,
            },
            127.5,
            127.5,
            384,
        ),
    ],
)
def test_a_preprocessor_is_read(config: dict[str, object], mean: float, std: float, size):
    pixels, found = convention_of_preprocessor(config)

    np.testing.assert_allclose(pixels.mean, [mean] * 3)
    np.testing.assert_allclose(pixels.std, [std] * 3)
    assert found == size


def test_a_safetensors_file_is_a_weights_file(vit: Path, pixels):
    network = keras_hub.models.ViTBackbone(
        image_shape=(SIZE, SIZE, 3),
        patch_size=PATCH,
        num_layers=BLOCKS,
        num_heads=2,
        hidden_dim=WIDTH,
        mlp_dim=MLP,
    )
    with pytest.warns(UnknownPixelsWarning):
        classifier = tl.TransferClassifier(
            classes=("a", "b"), backbone=network, weights=vit / "model.safetensors"
        )

    expected = build_backbone(get_backbone(f"keras_hub:{vit}")).model(pixels)
    for found, other in zip(classifier.backbone.model(pixels), expected, strict=True):
        np.testing.assert_array_equal(found, other)


def _without_config(folder: Path) -> Path:
    safetensors.save_file(_vit_values(), folder / "model.safetensors")
    return folder / "model.safetensors"


def _with_another_name(folder: Path) -> Path:
    safetensors.save_file(_vit_values(), folder / "vit.safetensors")
    return folder / "vit.safetensors"


def _damaged(folder: Path) -> Path:
    (folder / "config.json").write_text(json.dumps(VIT_CONFIG))
    (folder / "model.safetensors").write_bytes(b"no tensors")
    return folder / "model.safetensors"


def _incomplete(folder: Path) -> Path:
    values = _vit_values()
    del values["vit.layernorm.bias"]
    return _write(folder / "vit", values, config=VIT_CONFIG) / "model.safetensors"


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (_without_config, "its folder has no config.json"),
        (_with_another_name, "its name is not 'model.safetensors'"),
        (_damaged, "KerasHub cannot convert it"),
        (_incomplete, "KerasHub cannot convert it"),
    ],
)
def test_a_safetensors_file_that_cannot_be_read_says_why(
    tmp_path: Path, write: Callable[[Path], Path], reason: str
):
    path = write(tmp_path)

    with pytest.raises(WeightsFileError) as caught:
        build_backbone(get_backbone("resnet50"), image_size=64, weights=path)

    assert reason in str(caught.value)


def test_a_safetensors_file_of_another_network_is_refused(vit: Path):
    with pytest.raises(WeightsMismatchError):
        build_backbone(get_backbone("resnet50"), image_size=64, weights=vit / "model.safetensors")


@pytest.mark.slow
def test_a_folder_of_timm_gives_the_values_in_it(tmp_path: Path):
    """The values are made by timm where it is installed, which also computes what they give."""
    timm = pytest.importorskip("timm", reason="timm is not installed")
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    network = timm.create_model("resnet18", pretrained=False).eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.1, 0.1)
            module.running_var.uniform_(0.8, 1.2)
    timm.models.save_for_hf(network, tmp_path / "resnet18", safe_serialization=True)
    photo = np.random.default_rng(0).normal(size=(1, 64, 64, 3)).astype("float32")

    backbone = build_backbone(get_backbone(f"keras_hub:{tmp_path / 'resnet18'}"), image_size=64)

    with torch.no_grad():
        expected = network.forward_features(torch.from_numpy(photo.transpose(0, 3, 1, 2))).numpy()
    found = backbone.model(photo)[-1].numpy().transpose(0, 3, 1, 2)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(backbone.pixels.mean, [123.675, 116.28, 103.53], rtol=1e-5)
