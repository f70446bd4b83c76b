"""Swin transformers of KerasHub, whose stages output tokens of ever coarser grids."""

from __future__ import annotations

from typing import Any

import keras

from transferleaf.backbones.keras_hub.layers import TokensToMap
from transferleaf.backbones.keras_hub.spelling import copy_weights, standalone
from transferleaf.backbones.keras_hub.stages import sequence_stages
from transferleaf.backbones.spec import Stage


def sequence_network(tower: Any) -> tuple[keras.Model, tuple[Stage, ...]]:
    """Rebuild a Swin transformer with its weights, divided into its stages.

    Args:
        tower: The network for the requested image size.

    Returns:
        A functional model from ``(batch, size, size, 3)`` to a feature map, and its stages.
    """
    pixels = keras.Input(tower.inputs[0].shape[1:], name="input_layer")
    layers = {"patches": tower.patch_embedding}
    layers |= {f"blocks{number}": stage for number, stage in enumerate(tower.stages, start=1)}
    tokens, ends = pixels, []
    for name, layer in layers.items():
        tokens = _laid(layer, tokens, name=name)
        ends.append(tokens)
    ends[-1] = _laid(tower.norm, tokens, name="norm")
    stages = sequence_stages(len(tower.stages))
    maps = [
        TokensToMap(0, name=stage.map_layer)(end) for stage, end in zip(stages, ends, strict=True)
    ]
    return keras.Model(pixels, maps, name="backbone"), stages


def _laid(layer: Any, tokens: Any, *, name: str) -> Any:
    copy = standalone(layer, name=name)
    after = copy(tokens)
    copy_weights(layer, copy)
    return after
