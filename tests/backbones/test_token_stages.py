"""A stage can end in tokens and have a separate feature map."""

from __future__ import annotations

import dataclasses

import keras
import pytest

from tests.backbones.tinyformer import TINYFORMER
from transferleaf.backbones import Backbone, Stage, build_backbone
from transferleaf.errors import BackboneStructureError, ConfigError
from transferleaf.testing import BACKBONE_CHECKS, BackboneSubject, run_backbone_check


@pytest.fixture(scope="module")
def subject() -> BackboneSubject:
    return BackboneSubject(TINYFORMER)


@pytest.mark.parametrize("check", BACKBONE_CHECKS)
def test_a_transformer_keeps_the_contract(subject: BackboneSubject, check: str):
    run_backbone_check(subject, check)


def test_stages_end_in_tokens_and_show_maps(subject: BackboneSubject):
    backbone = subject.backbone

    assert [tuple(end.shape) for end in backbone.cuts] == [(None, 4, 16)] * 3
    assert [tuple(shown.shape) for shown in backbone.model.outputs] == [(None, 2, 2, 16)] * 3


def test_a_dense_layer_works_at_each_token():
    layers = build_backbone(TINYFORMER, weights=None).describe().layers
    work = {layer.name: layer.multiply_adds for layer in layers}

    # Queries of two heads of eight channels, from 16 channels, at each of 16 tokens.
    queries = next(work[name] for name in work if name.startswith("block1_attention"))
    assert queries == 16 * 16 * 16
    assert work["patches"] == 8 * 8 * 3 * 16 * 16


def test_an_image_size_is_a_multiple_of_the_step():
    with pytest.raises(ConfigError) as caught:
        TINYFORMER.checked_image_size(36)

    told = "image_size=36 must be a multiple of 8, the patch size of 'tinyformer'."
    assert str(caught.value) == told


def test_a_map_is_made_from_the_end_of_its_stage():
    model = TINYFORMER.build(32, None)
    stages = (
        Stage(name="block1", last_layer="block1", map_layer="block3_map"),
        dataclasses.replace(TINYFORMER.stages[2]),
    )

    with pytest.raises(BackboneStructureError):
        Backbone.from_model(model, stages)


def test_tokens_are_taken_from_the_end_of_their_stage():
    model = TINYFORMER.build(32, None)
    stage = dataclasses.replace(TINYFORMER.stages[2], token_layer="block1_norm")

    with pytest.raises(BackboneStructureError, match="are not taken from its last layer"):
        Backbone.from_model(model, [*TINYFORMER.stages[:2], stage])


def test_a_token_layer_that_is_missing_is_named():
    model = TINYFORMER.build(32, None)
    stage = dataclasses.replace(TINYFORMER.stages[2], token_layer="elsewhere")

    with pytest.raises(BackboneStructureError, match="it has no layer 'elsewhere'"):
        Backbone.from_model(model, [*TINYFORMER.stages[:2], stage])


def test_a_map_layer_that_is_missing_is_named():
    model = TINYFORMER.build(32, None)
    stages = [Stage(name="all", last_layer="block3", map_layer="elsewhere")]

    with pytest.raises(BackboneStructureError, match="it has no layer 'elsewhere'"):
        Backbone.from_model(keras.Model(model.input, model.outputs[-1]), stages)
