"""KerasHub presets: folders with known values, unavailable names, pixels and sizes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from transferleaf.backbones import PixelConvention, build_backbone, get_backbone
from transferleaf.backbones.keras_hub.presets import UnknownPixelsWarning
from transferleaf.errors import BackboneStructureError, ConfigError, PretrainedWeightsError

keras_hub = pytest.importorskip("keras_hub", reason="the extra hub is not installed")

TINY_VIT = {"patch_size": 8, "num_layers": 4, "num_heads": 2, "hidden_dim": 16, "mlp_dim": 32}


def _with_known_values(network: keras.Model) -> keras.Model:
    numbers = np.random.default_rng(1)
    network.set_weights(
        [numbers.uniform(0.1, 0.3, weight.shape).astype("float32") for weight in network.weights]
    )
    return network


@pytest.fixture(scope="module")
def vit() -> keras.Model:
    return _with_known_values(keras_hub.models.ViTBackbone(image_shape=(32, 32, 3), **TINY_VIT))


@pytest.fixture(scope="module")
def folder(vit: keras.Model, tmp_path_factory) -> Path:
    """A preset as KerasHub writes it, with an image converter."""
    path = tmp_path_factory.mktemp("presets") / "vit"
    vit.save_to_preset(str(path))
    converter = keras_hub.layers.ViTImageConverter(
        image_size=(32, 32), scale=[1 / 127.5] * 3, offset=[-1.0, -1.0, -0.5]
    )
    converter.save_to_preset(str(path))
    return path


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(2, 32, 32, 3)).astype("float32")


def test_a_folder_gives_the_values_that_keras_hub_saved(folder: Path, vit, pixels):
    backbone = build_backbone(get_backbone(f"keras_hub:{folder}"))

    *_, patches, class_token = (output.numpy() for output in backbone.model(pixels))

    expected = vit(pixels).numpy()
    np.testing.assert_array_equal(patches.reshape(2, 16, 16), expected[:, 1:])
    np.testing.assert_array_equal(class_token, expected[:, :1])


def test_a_folder_tells_pixels_and_size(folder: Path):
    spec = get_backbone(f"keras_hub:{folder}")

    assert (spec.image_size, spec.min_image_size, spec.image_size_step) == (32, 16, 8)
    np.testing.assert_allclose(spec.pixels.mean, [127.5, 127.5, 63.75])
    np.testing.assert_allclose(spec.pixels.std, [127.5] * 3)


def test_pixels_are_what_the_image_converter_makes_of_them(folder: Path):
    from transferleaf.backbones import PixelNormalization

    photos = np.random.default_rng(2).integers(0, 256, (1, 32, 32, 3)).astype("float32")
    converter = keras_hub.layers.ImageConverter.from_preset(str(folder))

    own = PixelNormalization(get_backbone(f"keras_hub:{folder}").pixels)(photos)

    np.testing.assert_allclose(own, keras.ops.convert_to_numpy(converter(photos)), atol=1e-5)


def test_values_of_places_are_interpolated_for_another_size(folder: Path, vit):
    small = build_backbone(get_backbone(f"keras_hub:{folder}"), image_size=16)

    places = small.model.get_layer("patches").place_values.numpy()

    embedding = vit.get_layer("vit_patching_and_embedding").position_embedding.embeddings.numpy()
    grid = embedding[1:].reshape(1, 4, 4, 16)
    expected = keras.ops.image.resize(grid, (2, 2), interpolation="bicubic")
    np.testing.assert_allclose(places.reshape(1, 2, 2, 16), expected, atol=1e-6)


def test_an_image_size_is_a_multiple_of_the_patches(folder: Path):
    spec = get_backbone(f"keras_hub:{folder}")

    with pytest.raises(ConfigError, match="be a multiple of 8, the patch size of"):
        build_backbone(spec, image_size=36, weights=None)


def test_a_convolutional_preset_is_built_for_any_size(tmp_path: Path):
    network = _with_known_values(
        keras_hub.models.ResNetBackbone(
            input_conv_filters=[64],
            input_conv_kernel_sizes=[7],
            stackwise_num_filters=[64, 8],
            stackwise_num_blocks=[1, 1],
            stackwise_num_strides=[1, 2],
            block_type="basic_block",
        )
    )
    network.save_to_preset(str(tmp_path / "resnet"))
    photo = np.random.default_rng(0).normal(size=(1, 45, 45, 3)).astype("float32")

    with pytest.warns(UnknownPixelsWarning, match="gets unchanged RGB in"):
        spec = get_backbone(f"keras_hub:{tmp_path / 'resnet'}")
    backbone = build_backbone(spec, image_size=45)

    assert backbone.stage_names == ("stem", "stage1", "stage2")
    np.testing.assert_array_equal(backbone.model(photo)[-1].numpy(), network(photo).numpy())


def test_an_unavailable_preset_is_reported_within_seconds(monkeypatch):
    def no_network(*_: object, **__: object) -> None:
        raise OSError("Failed to resolve 'api.kaggle.com'")

    monkeypatch.setattr("socket.getaddrinfo", no_network)

    with pytest.raises(PretrainedWeightsError) as caught:
        build_backbone(get_backbone("keras_hub:vit_base_patch16_224_imagenet"))

    message = str(caught.value)
    assert "'keras_hub:vit_base_patch16_224_imagenet'" in message
    assert '"keras_hub:path/to/folder", which save_to_preset of KerasHub has written' in message


@pytest.fixture
def no_network(monkeypatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise OSError("Failed to resolve 'huggingface.co'")

    monkeypatch.setattr("socket.getaddrinfo", unknown)


def test_a_handle_of_hugging_face_is_reported_without_retries(no_network, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail("it waits for another try"))

    with pytest.raises(PretrainedWeightsError) as caught:
        get_backbone("keras_hub:hf://timm/resnet18.a1_in1k")

    message = str(caught.value)
    assert "'keras_hub:hf://timm/resnet18.a1_in1k'" in message
    assert "Hugging Face cannot be reached, and its cache does not have the files" in message
    assert '"keras_hub:path/to/folder"' in message
    assert not constants.HF_HUB_OFFLINE


def test_a_cached_handle_of_hugging_face_needs_no_network(
    no_network, monkeypatch, folder: Path, vit, pixels, tmp_path: Path
):
    from huggingface_hub import constants

    cached, commit = tmp_path / "models--leaf--vit", "a" * 40
    shutil.copytree(folder, cached / "snapshots" / commit)
    (cached / "refs").mkdir()
    (cached / "refs/main").write_text(commit)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))

    backbone = build_backbone(get_backbone("keras_hub:hf://leaf/vit"))

    np.testing.assert_array_equal(
        backbone.model(pixels)[-2].numpy().reshape(2, 16, 16), vit(pixels).numpy()[:, 1:]
    )


def test_an_unknown_preset_is_named():
    with pytest.raises(PretrainedWeightsError, match="Unknown preset identifier"):
        get_backbone("keras_hub:no_such_preset")


def test_a_listed_preset_uses_its_downloaded_configuration(monkeypatch, vit, folder: Path, pixels):
    """The configuration, the values and the image converter come from the files."""
    handle = "kaggle://keras/vit/keras/vit_base_patch16_224_imagenet/4"
    asked: list[str] = []

    def downloaded(model: str, path: str) -> str:
        asked.append(f"kaggle://{model}")
        if not (folder / path).is_file():
            raise ValueError(f"{path} is not present in the model files")
        return str(folder / path)

    from keras_hub.src.utils import preset_utils

    monkeypatch.setattr(preset_utils.kagglehub, "model_download", downloaded)

    backbone = build_backbone(get_backbone("keras_hub:vit_base_patch16_224_imagenet"))

    assert backbone.image_size == 32
    assert set(asked) == {handle}
    np.testing.assert_array_equal(
        backbone.model(pixels)[-2].numpy().reshape(2, 16, 16), vit(pixels).numpy()[:, 1:]
    )


def test_a_network_of_text_is_refused(tmp_path: Path):
    network = keras_hub.models.BertBackbone(
        vocabulary_size=10, num_layers=1, num_heads=1, hidden_dim=4, intermediate_dim=4
    )
    network.save_to_preset(str(tmp_path / "bert"))

    with pytest.raises(BackboneStructureError, match=r"BertBackbone takes .*, not photos alone"):
        get_backbone(f"keras_hub:{tmp_path / 'bert'}")


def test_a_changed_folder_is_read_again(folder: Path, tmp_path: Path):
    copy = tmp_path / "vit"
    shutil.copytree(folder, copy)
    before = get_backbone(f"keras_hub:{copy}")
    converter = json.loads((copy / "image_converter.json").read_text())
    converter["config"]["scale"] = 1.0
    converter["config"]["offset"] = None
    (copy / "image_converter.json").write_text(json.dumps(converter))
    config = (copy / "config.json").read_text()
    (copy / "config.json").write_text(config + "\n")

    after = get_backbone(f"keras_hub:{copy}")

    assert before.pixels != after.pixels
    assert after.pixels == PixelConvention()


def test_the_image_encoder_of_a_pair_of_networks_is_used(tmp_path: Path):
    common = {"hidden_dim": 16, "num_layers": 2, "num_heads": 2, "intermediate_dim": 32}
    vision = keras_hub.models.CLIPVisionEncoder(
        patch_size=8, image_shape=(32, 32, 3), name="vision", **common
    )
    text = keras_hub.models.CLIPTextEncoder(
        vocabulary_size=16, embedding_dim=16, max_sequence_length=8, name="text", **common
    )
    pair = keras_hub.models.CLIPBackbone(vision_encoder=vision, text_encoder=text, projection_dim=4)
    pair.save_to_preset(str(tmp_path / "clip"))

    with pytest.warns(UnknownPixelsWarning):
        spec = get_backbone(f"keras_hub:{tmp_path / 'clip'}")

    assert spec.stage_names == ("stem", "blocks1", "blocks2")
