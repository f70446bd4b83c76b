"""The listed presets agree with what the installed KerasHub says about them.

KerasHub's package has no licences and no pixel values. Both belong to the files of a preset: the
pixel values that are listed here are only those of networks with random weights, and pretrained
ones come with the image converter of their preset (``test_presets.py``). The licences are those of
the models that KerasHub converted; ``listed.py`` names their sources.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from transferleaf.backbones import get_backbone
from transferleaf.backbones.keras_hub.listed import LISTED
from transferleaf.backbones.keras_hub.presets import convention_of
from transferleaf.backbones.sizes import size_of

keras_hub = pytest.importorskip("keras_hub", reason="the extra hub is not installed")

# The image towers of pairs of networks. KerasHub counts the parameters of both.
_PAIRS = {"CLIPVisionEncoder": "CLIPBackbone", "SigLIPVisionEncoder": "SigLIPBackbone"}

# KerasHub counts their classification heads for 1,000 classes.
_WITH_HEAD = {
    "efficientnet_b0_ra_imagenet",
    "resnet_vd_18_imagenet",
    "resnet_vd_50_imagenet",
}

# Statistics of batch norm; in DINOv2 also a mask token and the positions of 518 pixels.
_NOT_TRAINABLE = 0.05

_LICENSES = {"Apache-2.0", "MIT", "DINOv3 License"}


def _metadata(preset: str) -> dict[str, Any]:
    kind = LISTED[preset].kind
    return getattr(keras_hub.models, _PAIRS.get(kind, kind)).presets[preset]["metadata"]


@pytest.mark.parametrize("preset", LISTED)
def test_keras_hub_has_the_preset_with_this_image_size(preset: str):
    sizes = re.findall(r"(\d+)x\1|image size (\d+)", _metadata(preset)["description"])

    told = {int(a or b) for a, b in sizes} or {224}
    assert told == {LISTED[preset].image_size}


@pytest.mark.parametrize("preset", LISTED)
def test_the_arguments_give_as_many_parameters_as_the_preset_has(preset: str):
    architecture, size = LISTED[preset], size_of(f"keras_hub:{preset}")
    assert size is not None
    told = _metadata(preset)["params"]
    if architecture.kind in _PAIRS:
        assert size.parameters < told
        return
    if preset in _WITH_HEAD:
        told -= 1000 * (architecture.feature_width + 1)

    assert 0 <= told - size.parameters <= _NOT_TRAINABLE * told


@pytest.mark.parametrize("preset", LISTED)
def test_each_preset_names_a_known_licence_and_the_model_that_it_is_from(preset: str):
    spec = get_backbone(f"keras_hub:{preset}")

    assert spec.license in _LICENSES
    assert spec.source.endswith(f", converted from {LISTED[preset].origin}")


def test_the_pixels_of_swin_are_those_of_keras_hubs_converter(monkeypatch):
    """The only listed network whose pixel values are in the package of KerasHub."""
    from keras_hub.src.utils.transformers import convert_swin_transformer as converter

    monkeypatch.setattr(converter, "load_json", lambda *_: {"size": 224})
    config = converter.load_image_converter_config("any", {})

    pixels, size = convention_of(keras_hub.layers.ImageConverter(**config))

    listed = LISTED["swin_tiny_patch4_window7_224"]
    np.testing.assert_allclose(pixels.mean, listed.pixels.mean, rtol=1e-6)
    np.testing.assert_allclose(pixels.std, listed.pixels.std, rtol=1e-6)
    assert size == listed.image_size
