"""Division of a network into stages, with checks that each stage ends at a valid cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transferleaf.backbones.spec import KerasModel, Stage
from transferleaf.errors import BackboneStructureError


def stages_of_layers(model: KerasModel, stages: Sequence[Stage]) -> dict[str, int]:
    """Return the stage of each layer of a functional model.

    A layer belongs to the first stage whose end depends on it.

    Args:
        model: A functional model with one input. Its outputs may also be those of stages.
        stages: The stages in order. The last one must end at the output of the model.

    Returns:
        A dictionary from layer name to index in ``stages``, in network order.

    Raises:
        BackboneStructureError: A named layer is missing, the order is wrong, another tensor crosses
            the end of a stage, or there are layers after the last stage.
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
        if stage.token_layer is not None:
            _add_tokens(model, stage, parents, members, position)
    _check_borders(model, stages, parents, members)
    return {layer.name: members[layer.name] for layer in model.layers}


def stage_outputs(model: KerasModel, stages: Sequence[Stage]) -> list[Any]:
    """Return the symbolic feature maps of the stages, in order.

    Args:
        model: A functional model that ``stages_of_layers`` accepts with these stages.
        stages: The stages in order.
    """
    tensors = _tensors(model)
    return [tensors[stage.feature_map] for stage in stages]


def token_outputs(model: KerasModel, stages: Sequence[Stage]) -> list[Any]:
    """Return the symbolic class and register tokens of the stages that have some, in order.

    Args:
        model: A functional model that ``stages_of_layers`` accepts with these stages.
        stages: The stages in order.
    """
    tensors = _tensors(model)
    return [tensors[stage.token_layer] for stage in stages if stage.token_layer is not None]


def stage_cuts(model: KerasModel, stages: Sequence[Stage]) -> list[Any]:
    """Return the symbolic tensors at which the stages end, in order.

    They are the feature maps, or the tokens from which these are made.

    Args:
        model: A functional model that ``stages_of_layers`` accepts with these stages.
        stages: The stages in order.
    """
    tensors = _tensors(model)
    return [tensors[stage.last_layer] for stage in stages]


def _tensors(model: KerasModel) -> dict[str, Any]:
    # get_layer does not find bare operations, such as the ``x + y`` of ConvNeXt.
    return {
        node.operation.name: node.output_tensors[0]
        for nodes in model._nodes_by_depth.values()
        for node in nodes
    }


def _parents(model: KerasModel) -> dict[str, set[str]]:
    """Return the names of the layers whose outputs each layer of ``model`` takes."""
    if not hasattr(model, "operations"):
        reason = (
            "it is not a functional model, so its layers have no known order; "
            "a Sequential becomes one by keras.Model(model.inputs, model.outputs)"
        )
        raise BackboneStructureError(model.name, reason)
    parents: dict[str, set[str]] = {operation.name: set() for operation in model.operations}
    # Only the nodes of this model, because a layer may also be part of other models.
    for nodes in model._nodes_by_depth.values():
        for node in nodes:
            parents[node.operation.name].update(
                tensor._keras_history.operation.name for tensor in node.input_tensors
            )
    return parents


def _add_tokens(
    model: KerasModel,
    stage: Stage,
    parents: dict[str, set[str]],
    members: dict[str, int],
    position: int,
) -> None:
    """Add the layer of a stage's class and register tokens to the stage."""
    name = str(stage.token_layer)
    if name not in parents:
        raise BackboneStructureError(model.name, f"it has no layer {name!r}")
    if parents[name] != {stage.last_layer}:
        reason = f"the tokens of stage {stage.name!r} are not taken from its last layer"
        raise BackboneStructureError(model.name, reason)
    members.setdefault(name, position)


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
                    f"{stages[border].name!r}, so the network cannot be cut at the end of that "
                    "stage"
                )
                raise BackboneStructureError(model.name, reason)
