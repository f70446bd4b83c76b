"""Copying of weights from a file to a network, layer by layer, with checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from transferleaf.errors import WeightsMismatchError


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """The weights of one layer in a file or a network.

    Attributes:
        layer: Name of the layer, for messages.
        arrays: NumPy arrays, HDF5 data sets or Keras variables, in the order of the layer.
    """

    layer: str
    arrays: Sequence[Any]

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of the arrays."""
        return [tuple(array.shape) for array in self.arrays]


@dataclass(frozen=True, slots=True)
class Transfer:
    """Compares the weights in a file with those of a network, before anything is copied.

    Attributes:
        path: The file.
        backbone: Name of the network, for messages.
    """

    path: Path
    backbone: str

    def check_all_needed(
        self, needed: Mapping[str, LayerWeights], found: Mapping[str, LayerWeights]
    ) -> None:
        """Check that the file contains each layer of the network.

        Raises:
            WeightsMismatchError: A layer is missing.
        """
        missing = [weights.layer for place, weights in needed.items() if place not in found]
        if missing:
            raise self.mismatch(
                f"the file has no weights for {len(missing)} of its {len(needed)} layers, "
                f"the first of them {missing[0]!r}"
            )

    def check_all_used(
        self, needed: Mapping[str, LayerWeights], found: Mapping[str, LayerWeights]
    ) -> None:
        """Check that the network contains each layer of the file.

        Raises:
            WeightsMismatchError: A layer is missing.
        """
        unknown = [weights.layer for place, weights in found.items() if place not in needed]
        if unknown:
            raise self.mismatch(
                f"the file has weights for {len(unknown)} other layers, such as {unknown[0]!r}"
            )

    def check_shapes(self, pairs: Iterable[tuple[LayerWeights, LayerWeights]]) -> None:
        """Check that the layers of each pair, of network and file, have the same shapes.

        Raises:
            WeightsMismatchError: The shapes of a layer differ.
        """
        for needed, found in pairs:
            if needed.shapes != found.shapes:
                raise self.mismatch(
                    f"its layer {needed.layer!r} has the shapes {needed.shapes}, "
                    f"the file's {found.layer!r} has {found.shapes}"
                )

    def mismatch(self, detail: str) -> WeightsMismatchError:
        """Return an error for this file and network with the given detail."""
        return WeightsMismatchError(self.path, self.backbone, detail)


def copy_weights(pairs: Iterable[tuple[LayerWeights, LayerWeights]]) -> None:
    """Assign the arrays of the second layer of each pair to the variables of the first."""
    for needed, found in pairs:
        for variable, array in zip(needed.arrays, found.arrays, strict=True):
            variable.assign(np.asarray(array))
