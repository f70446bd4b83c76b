"""Where a network may be cut: which layers belong to which stage, and whether a border is true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transferleaf.backbones.spec import KerasModel, Stage
from transferleaf.errors import BackboneStructureError


def stages_of_layers(model: KerasModel, stages: Sequence[Stage]) -> dict[str, int]:
    """Tell for each layer of a functional model which stage it belongs to.

    A layer belongs to the first stage whose end depends on it.

    Args:
        model: A functional model with one input; it may end in any of the stages as well.
        stages: From the pixels to the output; the last one must end at the model's output.

    Returns:
        Layer name to position in ``stages``, in network order.

    Raises:
        BackboneStructureError: A named layer is missing, the order is wrong, a border is crossed
            by a second tensor, or layers come after the last stage.
    """
    parents = _parents(model)
    members: dict[str, int] = {}
    for position, stage in enumerate(stages):
        if stage.last_layer not in parents:
            raise BackboneStructureError(model.name, f"it has no layer {stage.last_layer!r}")
        if stage.last_layer in members:
            reason = f"stage {stage.name!r} ends before the stage that precedes it"
            raise BackboneStructureError(model.name, reason)
        if stage.feature_map not in parents:
            raise BackboneStructureError(model.name, f"it has no layer {stage.feature_map!r}")
        for name in _ancestors(stage.feature_map, parents):
            members.setdefault(name, position)
        if stage.last_layer not in members:
            reason = f"the feature map of stage {stage.name!r} is not made from its last layer"
            raise BackboneStructureError(model.name, reason)
    _check_borders(model, stages, parents, members)
    return {layer.name: members[layer.name] for layer in model.layers}


def stage_outputs(model: KerasModel, stages: Sequence[Stage]) -> list[Any]:
    """The symbolic feature maps of the stages, in their order.

    Args:
        model: A functional model that ``stages_of_layers`` accepts with these stages.
        stages: From the pixels to the output.
    """
    tensors = _tensors(model)
    return [tensors[stage.feature_map] for stage in stages]


def stage_cuts(model: KerasModel, stages: Sequence[Stage]) -> list[Any]:
    """The symbolic tensors that alone carry everything onwards from the stages, in their order.

    They are the feature maps, or what these are made from, such as tokens.

    Args:
        model: A functional model that ``stages_of_layers`` accepts with these stages.
        stages: From the pixels to the output.
    """
    tensors = _tensors(model)
    return [tensors[stage.last_layer] for stage in stages]


def _tensors(model: KerasModel) -> dict[str, Any]:
    # Not get_layer: a stage may end in a bare operation, such as ConvNeXt's ``x + y``.
    return {
        node.operation.name: node.output_tensors[0]
        for nodes in model._nodes_by_depth.values()
        for node in nodes
    }


def _parents(model: KerasModel) -> dict[str, set[str]]:
    """Names of the layers whose outputs each layer of ``model`` takes."""
    if not hasattr(model, "operations"):
        reason = (
            "it is no functional model, so its layers have no known order; "
            "a Sequential becomes one by keras.Model(model.inputs, model.outputs)"
        )
        raise BackboneStructureError(model.name, reason)
    parents: dict[str, set[str]] = {operation.name: set() for operation in model.operations}
    # The model's own nodes: a layer may have been called in other models too.
    for nodes in model._nodes_by_depth.values():
        for node in nodes:
            parents[node.operation.name].update(
                tensor._keras_history.operation.name for tensor in node.input_tensors
            )
    return parents


def _ancestors(name: str, parents: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(parents[current])
    return found


def _check_borders(
    model: KerasModel,
    stages: Sequence[Stage],
    parents: dict[str, set[str]],
    members: dict[str, int],
) -> None:
    beyond = [name for name in parents if name not in members]
    if beyond:
        reason = f"the layers {beyond[:3]} come after its last stage {stages[-1].name!r}"
        raise BackboneStructureError(model.name, reason)
    for name, sources in parents.items():
        for source in sources:
            border = members[source]
            if border < members[name] and source != stages[members[name] - 1].last_layer:
                reason = (
                    f"layer {name!r} takes the output of {source!r} from inside stage "
                    f"{stages[border].name!r}, so that stage's end is no cut point"
                )
                raise BackboneStructureError(model.name, reason)
