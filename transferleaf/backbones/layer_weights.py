"""Copies weights between a file and a network layer by layer, or says which layer does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from transferleaf.errors import WeightsMismatchError


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """The weights of one layer, of a file or of a network.

    Attributes:
        layer: The layer's name, for people.
        arrays: NumPy arrays, HDF5 data sets or Keras variables, in the layer's order.
    """

    layer: str
    arrays: Sequence[Any]

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Shapes of the arrays."""
        return [tuple(array.shape) for array in self.arrays]


@dataclass(frozen=True, slots=True)
class Transfer:
    """Checks what a file holds against what a network needs, before anything is copied.

    Attributes:
        path: The file.
        backbone: The network's name in error messages.
    """

    path: Path
    backbone: str

    def check_all_needed(
        self, needed: Mapping[str, LayerWeights], found: Mapping[str, LayerWeights]
    ) -> None:
        """Check that each layer of the network is in the file.

        Raises:
            WeightsMismatchError: One is not.
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
        """Check that each layer of the file is in the network.

        Raises:
            WeightsMismatchError: One is not.
        """
        unknown = [weights.layer for place, weights in found.items() if place not in needed]
        if unknown:
            raise self.mismatch(
                f"the file has weights for {len(unknown)} layers more, "
                f"the first of them {unknown[0]!r}"
            )

    def check_shapes(self, pairs: Iterable[tuple[LayerWeights, LayerWeights]]) -> None:
        """Check that what is needed, first in each pair, has the shapes of what was found.

        Raises:
            WeightsMismatchError: One layer's shapes differ.
        """
        for needed, found in pairs:
            if needed.shapes != found.shapes:
                raise self.mismatch(
                    f"its layer {needed.layer!r} has the shapes {needed.shapes}, "
                    f"the file's {found.layer!r} has {found.shapes}"
                )

    def mismatch(self, detail: str) -> WeightsMismatchError:
        """Build the error that says ``detail`` of this file and network."""
        return WeightsMismatchError(self.path, self.backbone, detail)


def copy_weights(pairs: Iterable[tuple[LayerWeights, LayerWeights]]) -> None:
    """Assign the arrays of the second of each pair to the variables of the first."""
    for needed, found in pairs:
        for variable, array in zip(needed.arrays, found.arrays, strict=True):
            variable.assign(np.asarray(array))
