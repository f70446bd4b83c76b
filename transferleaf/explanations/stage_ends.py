"""A backbone that returns its feature maps and the outputs at the ends of its stages."""

from __future__ import annotations

from typing import Any

import keras

from transferleaf.backbones.backbone import Backbone


class StageEnds:
    """Computes the outputs of a backbone and the outputs at the ends of its stages.

    Feature maps and ends are the same tensors, except for a map that is made from tokens. Later
    stages use the tokens, so gradients reach the end of such a stage but not its map.

    Args:
        backbone: The backbone, whose layers are shared.
    """

    def __init__(self, backbone: Backbone) -> None:
        outputs, cuts = backbone.model.outputs, backbone.cuts
        tensors = {id(tensor): tensor for tensor in (*outputs, *cuts)}
        places = {key: place for place, key in enumerate(tensors)}
        self._network = keras.Model(backbone.model.inputs[0], list(tensors.values()))
        self._outputs = [places[id(output)] for output in outputs]
        self._ends = [places[id(cut)] for cut in cuts]
        self._map_layers = [
            None if stage.map_layer is None else backbone.model.get_layer(stage.map_layer)
            for stage in backbone.stages
        ]

    def __call__(self, pixels: Any) -> tuple[list[Any], list[Any]]:
        """Return the outputs of the backbone for ``pixels``, and the ends of the stages."""
        found = keras.tree.flatten(self._network(pixels, training=False))
        return [found[place] for place in self._outputs], [found[place] for place in self._ends]

    def as_map(self, values: Any, position: int) -> Any:
        """Reshape values of the end of a stage to those of its feature map."""
        layer = self._map_layers[position]
        return values if layer is None else layer(values)
