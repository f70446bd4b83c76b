"""Without KerasHub, its backbones are listed, and using them says what to install."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from transferleaf.backbones import build_backbone, get_backbone, list_backbones
from transferleaf.backbones.keras_hub import installed
from transferleaf.backbones.keras_hub.layers import KerasHubLayer
from transferleaf.errors import MissingExtraError


@pytest.fixture
def absent(monkeypatch) -> None:
    monkeypatch.setattr(installed, "find_spec", lambda _: None)


def test_presets_are_listed():
    names = list_backbones("keras_hub:*")

    assert "keras_hub:dinov2_small" in names
    assert "keras_hub:resnet_50_imagenet" in names


def test_listing_and_describing_them_loads_neither_keras_nor_keras_hub():
    code = (
        "import json, sys; from transferleaf.backbones import get_backbone, list_backbones; "
        "[get_backbone(name) for name in list_backbones('keras_hub:*')]; "
        "print(json.dumps([name for name in ('keras', 'keras_hub') if name in sys.modules]))"
    )

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert json.loads(found.stdout) == []


@pytest.mark.parametrize("name", ["keras_hub:dinov2_small", "keras_hub:any_other_preset"])
@pytest.mark.parametrize("weights", ["imagenet", None])
def test_a_preset_that_needs_it_names_the_extra(absent, name: str, weights: str | None):
    with pytest.raises(MissingExtraError) as caught:
        build_backbone(get_backbone(name), weights=weights)

    assert str(caught.value) == (
        f"The backbone '{name}' needs the package 'keras-hub', which is not installed; "
        'pip install "transferleaf[hub]" installs it.'
    )


def test_a_saved_layer_names_the_extra(absent):
    with pytest.raises(MissingExtraError, match="A network with layers of KerasHub needs"):
        KerasHubLayer("keras_hub.src.models.vit.vit_layers.ViTEncoderBlock", {})


@pytest.mark.parametrize("kind", ["os.system", "keras.layers.Lambda", "keras_hub.src.utils.os"])
def test_a_file_can_name_layers_of_networks_only(kind: str):
    with pytest.raises(TypeError, match="is not a layer of a KerasHub network"):
        KerasHubLayer(kind, {})
