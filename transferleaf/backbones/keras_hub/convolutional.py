"""KerasHub networks whose layers output feature maps, and their division into stages.

A stage ends at a layer whose output alone determines all later outputs: at the output of KerasHub's
feature pyramid for a resolution, or otherwise at the last such layer of the resolution. The last
stage ends with the network.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras

from transferleaf.backbones.keras_hub.spelling import (
    copy_weights,
    standalone,
)
from transferleaf.backbones.keras_hub.stages import convolutional_stages
from transferleaf.backbones.names import number_anew
from transferleaf.backbones.spec import Stage
from transferleaf.errors import BackboneStructureError

_PADDINGS = ("Pad", "ZeroPadding2D")  # padding belongs to the next stage


def convolutional_network(tower: Any) -> tuple[keras.Model, tuple[Stage, ...]]:
    """Rebuild a network with its weights, so that it can be saved layer by layer.

    Args:
        tower: A functional KerasHub network with a fixed image size.

    Returns:
        A functional model from ``(batch, size, size, 3)`` to a feature map, and its stages.

    Raises:
        BackboneStructureError: The output is not a feature map, or the network cannot be rebuilt.
    """
    plain = number_anew(keras.Model(tower.inputs[0], _output(tower), name=tower.name))
    pyramid = [
        tensor._keras_history.operation.name
        for tensor in getattr(tower, "pyramid_outputs", {}).values()
    ]
    ends = _ends(plain, pyramid)
    stages = convolutional_stages(len(ends))
    for stage, operation in zip(stages, ends, strict=True):
        operation.name = stage.last_layer
    sources = {layer.name: layer for layer in plain.layers}
    copy = keras.models.clone_model(
        plain,
        input_tensors=keras.Input(plain.inputs[0].shape[1:], name="input_layer"),
        clone_function=lambda layer: standalone(layer, name=layer.name),
    )
    for name, layer in sources.items():
        if layer.weights:
            copy_weights(layer, copy.get_layer(name))
    return copy, stages


def _output(tower: Any) -> Any:
    encoder = getattr(tower, "encoder_layer", None)
    if encoder is None or not hasattr(encoder, "stages_list"):
        return tower.outputs[0]
    # HGNetV2 contains all stages in one layer.
    output = tower.embedder_layer(tower.inputs[0])
    for stage in encoder.stages_list:
        output = stage(output)
    return output


def _ends(model: keras.Model, pyramid: Sequence[str]) -> list[Any]:
    """Return the operation at the end of each stage, one for each halving of the resolution."""
    size = model.inputs[0].shape[1]
    ends: dict[int, Any] = {}
    for operation, tensor in _borders(model):
        if len(tensor.shape) != 4 or type(operation).__name__ in _PADDINGS:
            continue
        halved = round(math.log2(size / tensor.shape[1]))
        if halved > 0 and not (halved in ends and ends[halved].name in pyramid):
            ends[halved] = operation
    if len(model.output.shape) != 4 or not ends:
        reason = (
            f"its output has the shape {tuple(model.output.shape)}, which is not that of a "
            "feature map"
        )
        raise BackboneStructureError(model.name, reason)
    ends[max(ends)] = model.operations[-1]
    return list(ends.values())


def _borders(model: keras.Model) -> list[tuple[Any, Any]]:
    """Return, in order, the operations whose single output determines all later outputs."""
    order = {operation.name: place for place, operation in enumerate(model.operations)}
    takers: dict[str, int] = {}  # the last position that uses an output of the operation
    tensors: dict[str, Any] = {}
    for nodes in model._nodes_by_depth.values():
        for node in nodes:
            tensors[node.operation.name] = node.output_tensors[0]
            for tensor in node.input_tensors:
                source = tensor._keras_history.operation.name
                takers[source] = max(takers.get(source, 0), order[node.operation.name])
    found = []
    farthest = 0
    for place, operation in enumerate(model.operations):
        if farthest <= place:
            found.append((operation, tensors[operation.name]))
        farthest = max(farthest, takers.get(operation.name, 0))
    return found
