"""A backbone is built with exactly the requested weights, or an error is raised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.backbones.tiny import tiny_network, tiny_spec
from transferleaf.backbones import build_backbone
from transferleaf.errors import ConfigError, PretrainedWeightsError, WeightsNotFoundError


def test_a_size_and_no_weights_give_a_network_of_that_size():
    backbone = build_backbone(tiny_spec(), image_size=12, weights=None)

    assert (backbone.name, backbone.image_size) == ("tiny", 12)


def test_imagenet_weights_are_loaded_by_the_builder():
    asked = []

    def build(image_size: int, weights: str | None) -> Any:
        asked.append((image_size, weights))
        return tiny_network(image_size)

    build_backbone(tiny_spec(build=build, pretrained="somewhere"))

    assert asked == [(16, "imagenet")]


def test_missing_imagenet_weights_are_an_error():
    with pytest.raises(PretrainedWeightsError) as caught:
        build_backbone(tiny_spec())

    assert str(caught.value) == (
        "the pretrained weights of 'tiny' are not available from these tests (none are published). "
        "Pass a weights file; the backbone 'efficientnet_lite0' is installed with "
        "its ImageNet weights and works offline; "
        "to train from random weights, pass weights=None or --weights none."
    )


@pytest.mark.parametrize("weights", ["imagnet", "absent.weights.h5", Path("absent.keras")])
def test_a_missing_file_is_an_error(weights: str | Path):
    with pytest.raises(WeightsNotFoundError) as caught:
        build_backbone(tiny_spec(), weights=weights)

    assert str(caught.value) == (
        f"the weights file {str(weights)!r} does not exist; name a .weights.h5, .h5, .keras "
        'or .safetensors file, "imagenet" for the pretrained weights, or none for random values.'
    )


def test_a_file_of_another_kind_is_an_error(tmp_path):
    path = tmp_path / "weights.npz"
    path.touch()

    with pytest.raises(ConfigError) as caught:
        build_backbone(tiny_spec(), weights=path)

    assert str(caught.value) == (
        f"weights={str(path)!r} must end in .weights.h5, .h5, .keras or .safetensors."
    )
