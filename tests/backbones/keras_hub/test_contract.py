"""Networks of KerasHub, listed and unlisted, fulfil the contract of backbones."""

from __future__ import annotations

from typing import Any

import pytest

from tests.backbones.keras_hub.tiny import TINY, tiny_hub_spec
from transferleaf.backbones.keras_hub.listed import LISTED
from transferleaf.testing import BACKBONE_CHECKS, BackboneSubject, run_backbone_check

pytest.importorskip("keras_hub", reason="the extra hub is not installed")

QUICK = ("resnet", "mobilenet_v3", "vit", "dinov3")


def _slow_unless_quick(kind: str) -> Any:
    return kind if kind in QUICK else pytest.param(kind, marks=pytest.mark.slow)


@pytest.fixture(scope="module", params=map(_slow_unless_quick, TINY))
def subject(request) -> BackboneSubject:
    return BackboneSubject(tiny_hub_spec(request.param))


# KerasHub's Swin layers drop a mask that is never set.
@pytest.mark.filterwarnings("ignore:Layer 'attn' .* was passed an input with a mask")
@pytest.mark.parametrize("check", BACKBONE_CHECKS)
def test_a_network_keeps_the_contract(subject: BackboneSubject, check: str):
    run_backbone_check(subject, check)


def test_there_is_a_small_network_of_each_listed_kind():
    kinds = {architecture.kind for architecture in TINY.values()}

    assert {architecture.kind for architecture in LISTED.values()} <= kinds


@pytest.mark.slow
@pytest.mark.parametrize(
    "preset", [name for name in LISTED if "large" not in name and "base" not in name]
)
def test_the_arguments_of_a_listed_preset_build_the_described_network(preset: str):
    spec = LISTED[preset].spec(preset)

    model = spec.build(spec.min_image_size, None)

    assert model.outputs[-1].shape[-1] == spec.feature_width
