"""The outputs of a frozen network, the network that computes them, and their stored rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.pixels import PixelNormalization
from transferleaf.features.leaf_map import LEAST_WEIGHT
from transferleaf.features.second_order import ITERATIONS, RIDGE, pooling_layer
from transferleaf.features.store import StoredRows
from transferleaf.freezing.feature_groups import FeatureGroup, Region, leaf_map_stages

OutputKind = Literal["average", "second-order", "tokens", "map"]


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a stage.

    Attributes:
        stage: Index of the stage.
        kind: ``"map"`` for the tensor at the end of the stage, a feature map or tokens, which is
            the input of the next stage. Or a kind of features; see ``FeatureGroup``.
        channels: Number of channels for the features. 0: all channels of the stage.
        region: Whether the leaf map weights the positions.
    """

    stage: int
    kind: OutputKind
    channels: int = 0
    region: Region = "photo"

    @classmethod
    def of(cls, group: FeatureGroup) -> Output:
        """Return the output that contains a feature group."""
        return cls(group.stage, group.kind, group.channels, group.region)

    def shape(self, backbone: Backbone) -> tuple[int, ...]:
        """The shape per photo: ``(n_features,)``, ``(height, width, channels)`` or ``(n, c)``."""
        shape = tuple(int(side) for side in self.source(backbone).shape[1:])
        if self.kind == "map":
            return shape
        return (FeatureGroup(self.stage, self.kind, self.channels or shape[-1]).width,)

    def identity(self, backbone: Backbone) -> dict[str, Any]:
        """Return what the output depends on besides the network, as plain values."""
        identity: dict[str, Any] = {"output": self.kind}
        if self.kind == "second-order":
            identity |= {"channels": self.channels, "iterations": ITERATIONS, "ridge": RIDGE}
        if self.region == "leaf":
            # The network is that of ``last_stage``, so the own stage must be named too.
            identity |= {
                "of_stage": backbone.stage_names[self.stage],
                "leaf_map": backbone.leaf_map.digest(),
                "least_weight": LEAST_WEIGHT,
            }
        return identity

    def last_stage(self, backbone: Backbone) -> int:
        """Return the index of the last stage that the output depends on."""
        if self.region == "photo":
            return self.stage
        return max(self.stage, *leaf_map_stages(backbone.describe()))

    def source(self, backbone: Backbone) -> Any:
        """Return the symbolic tensor of the backbone from which the output is computed."""
        if self.kind == "map":
            return backbone.cuts[self.stage]
        position = backbone.output_position(self.stage, tokens=self.kind == "tokens")
        return backbone.model.outputs[position]


def prefix_network(backbone: Backbone, outputs: Sequence[Output]) -> keras.Model:
    """Return the network from pixels at the backbone's size to ``outputs``.

    Returns:
        A model from RGB in [0, 255], float32 or uint8. It shares the layers of the backbone.
    """
    model = backbone.model
    sources = [output.source(backbone) for output in outputs]
    of_leaf = any(output.region == "leaf" for output in outputs)
    stages = leaf_map_stages(backbone.describe()) if of_leaf else ()
    needed = {id(tensor): tensor for tensor in [*sources, *(model.outputs[at] for at in stages)]}
    prefix = keras.Model(model.input, list(needed.values()))
    photos = keras.Input(model.input.shape[1:], name="photos")
    found = keras.tree.flatten(prefix(PixelNormalization(backbone.pixels)(photos)))
    given = dict(zip(needed, found, strict=True))
    leaf = None
    if of_leaf:
        leaf = backbone.leaf_map([given[id(model.outputs[at])] for at in stages])

    def computed(output: Output, source: Any) -> Any:
        if output.kind == "map":
            return source
        pool = pooling_layer(output.kind, output.channels, output.region)
        return pool(source if output.region == "photo" else [source, leaf])

    values = [given[id(source)] for source in sources]
    return keras.Model(photos, list(map(computed, outputs, values)))


class StoredGroups:
    """Stored feature groups, concatenated.

    Args:
        groups: The rows of each group, in order.
    """

    def __init__(self, groups: Mapping[FeatureGroup, StoredRows]) -> None:
        self._groups = dict(groups)

    def select(self, groups: Sequence[FeatureGroup]) -> StoredGroups:
        """Return some of the groups."""
        return StoredGroups({group: self._groups[group] for group in groups})

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of all rows, ``(n, sum of widths)``."""
        rows = list(self._groups.values())
        return (rows[0].shape[0], sum(part.shape[1] for part in rows)) if rows else (0, 0)

    def take(self, positions: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """Return rows in any order, as a new array ``(len(positions), sum of widths)``."""
        found = np.empty((len(positions), self.shape[1]), np.float32)
        self._fill(found, lambda rows: rows.take(positions))
        return found

    def read(self) -> NDArray[np.float32]:
        """Return all rows as a new array."""
        found = np.empty(self.shape, np.float32)
        self.read_into(found)
        return found

    def read_into(self, out: NDArray[np.float32]) -> None:
        """Fill ``out``, shape ``(n, sum of widths)``, group by group."""
        self._fill(out, lambda rows: rows.read())

    def _fill(self, out: NDArray[np.float32], read: Callable[[StoredRows], NDArray[Any]]) -> None:
        start = 0
        for rows in self._groups.values():
            out[:, start : start + rows.shape[1]] = read(rows)
            start += rows.shape[1]
