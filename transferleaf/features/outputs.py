"""Outputs of a frozen network: which there are, the network that gives them, their stored rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.pixels import PixelNormalization
from transferleaf.features.second_order import ITERATIONS, RIDGE, pooling_layer
from transferleaf.features.store import StoredRows
from transferleaf.freezing.feature_groups import FeatureGroup

OutputKind = Literal["average", "second-order", "map"]


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a stage.

    Attributes:
        stage: Position of the stage.
        kind: ``"map"``: the tensor at its end, a feature map or tokens, from which the next stage
            begins. Or what the head sees of its feature map; see ``FeatureGroup``.
        channels: Channels of that; all of the stage's where 0.
    """

    stage: int
    kind: OutputKind
    channels: int = 0

    @classmethod
    def of(cls, group: FeatureGroup) -> Output:
        """The output that holds a group of the head's features."""
        return cls(group.stage, group.kind, group.channels)

    def shape(self, backbone: Backbone) -> tuple[int, ...]:
        """Shape for one photo: ``(n_features,)``, ``(height, width, channels)`` or ``(n, c)``."""
        shape = tuple(int(side) for side in self.source(backbone).shape[1:])
        if self.kind == "map":
            return shape
        return (FeatureGroup(self.stage, self.kind, self.channels or shape[-1]).width,)

    def identity(self) -> dict[str, Any]:
        """What the output depends on besides the network, as plain values."""
        if self.kind != "second-order":
            return {"output": self.kind}
        return {
            "output": self.kind,
            "channels": self.channels,
            "iterations": ITERATIONS,
            "ridge": RIDGE,
        }

    def source(self, backbone: Backbone) -> Any:
        """The symbolic tensor of the backbone that the output is computed from."""
        if self.kind == "map":
            return backbone.cuts[self.stage]
        return backbone.model.outputs[self.stage]

    def of_source(self, source: Any) -> Any:
        """Compute the output from the symbolic tensor of ``source``."""
        if self.kind == "map":
            return source
        return pooling_layer(self.kind, self.channels)(source)


def prefix_network(backbone: Backbone, outputs: Sequence[Output]) -> keras.Model:
    """The network from pixels at the backbone's size to ``outputs``, and no further.

    Returns:
        A model that shares the backbone's layers, from RGB in [0, 255], float32 or uint8.
    """
    model = backbone.model
    sources = [output.source(backbone) for output in outputs]
    needed = {id(tensor): tensor for tensor in sources}
    prefix = keras.Model(model.input, list(needed.values()))
    photos = keras.Input(model.input.shape[1:], name="photos")
    found = keras.tree.flatten(prefix(PixelNormalization(backbone.pixels)(photos)))
    given = dict(zip(needed, found, strict=True))
    return keras.Model(
        photos,
        [
            output.of_source(given[id(source)])
            for output, source in zip(outputs, sources, strict=True)
        ],
    )


class StoredGroups:
    """Stored groups of head features, side by side.

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
        """Shape of all rows together, ``(n, sum of widths)``."""
        rows = list(self._groups.values())
        return (rows[0].shape[0], sum(part.shape[1] for part in rows)) if rows else (0, 0)

    def take(self, positions: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """Gather rows, in any order, as a new array ``(len(positions), sum of widths)``."""
        found = np.empty((len(positions), self.shape[1]), np.float32)
        self._fill(found, lambda rows: rows.take(positions))
        return found

    def read(self) -> NDArray[np.float32]:
        """Read all rows as a new array."""
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
