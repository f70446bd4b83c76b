"""Outputs of a frozen network: which there are, the network that gives them, their stored rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.pixels import PixelNormalization
from transferleaf.features.store import StoredRows


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a stage.

    Attributes:
        stage: Position of the stage.
        kind: Its feature map, or the map's average over all places.
    """

    stage: int
    kind: Literal["average", "map"]

    def shape(self, backbone: Backbone) -> tuple[int, ...]:
        """Shape for one photo: ``(channels,)`` or ``(height, width, channels)``."""
        shape = tuple(int(side) for side in backbone.model.outputs[self.stage].shape[1:])
        return shape if self.kind == "map" else shape[-1:]


def prefix_network(backbone: Backbone, outputs: Sequence[Output]) -> keras.Model:
    """The network from pixels at the backbone's size to ``outputs``, and no further.

    Returns:
        A model that shares the backbone's layers, from RGB in [0, 255], float32 or uint8.
    """
    model = backbone.model
    last = max(output.stage for output in outputs)
    prefix = keras.Model(model.input, model.outputs[: last + 1])
    photos = keras.Input(model.input.shape[1:], name="photos")
    maps = keras.tree.flatten(prefix(PixelNormalization(backbone.pixels)(photos)))
    # In float32 whatever the backbone computes in, as in the classifier.
    average = keras.layers.GlobalAveragePooling2D(dtype="float32")
    values = [
        maps[output.stage] if output.kind == "map" else average(maps[output.stage])
        for output in outputs
    ]
    return keras.Model(photos, values)


class StageAverages:
    """Stored averages of several stages, side by side.

    Args:
        stages: The rows of each stage, by its position, in order.
    """

    def __init__(self, stages: Mapping[int, StoredRows]) -> None:
        self._stages = dict(stages)

    def select(self, stages: Sequence[int]) -> StageAverages:
        """Return those of some stages."""
        return StageAverages({stage: self._stages[stage] for stage in stages})

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of all rows together, ``(n, sum of widths)``."""
        rows = list(self._stages.values())
        return (rows[0].shape[0], sum(part.shape[1] for part in rows)) if rows else (0, 0)

    def take(self, positions: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """Gather rows, in any order, as a new array ``(len(positions), sum of widths)``."""
        return np.concatenate([rows.take(positions) for rows in self._stages.values()], axis=1)

    def read_into(self, out: NDArray[np.float32]) -> None:
        """Fill ``out``, shape ``(n, sum of widths)``, stage by stage."""
        start = 0
        for rows in self._stages.values():
            out[:, start : start + rows.shape[1]] = rows.read()
            start += rows.shape[1]
