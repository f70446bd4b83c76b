"""The proof that a plan was kept: checksums of frozen weights, before and after a phase."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import keras

from transferleaf.errors import FrozenWeightsMovedError
from transferleaf.freezing import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeProof:
    """What was compared after a phase.

    Attributes:
        phase: Name of the phase.
        frozen: Number of frozen weights and statistics, all of them unchanged.
        checksum: SHA-256 over their values, as hexadecimal digits.
    """

    phase: str
    frozen: int
    checksum: str


def frozen_checksums(backbone: keras.Model) -> dict[str, str]:
    """Digest every backbone weight that does not train now, batch-norm statistics included.

    Returns:
        Position of the weight, as text, to SHA-256 of its values. Paths would not do: nested models
        have equal ones, and a network built again may have others.
    """
    trains = {id(weight) for weight in backbone.trainable_weights}
    # The statistics of a batch norm that trains are no trainable weights, yet they may move.
    for layer in backbone._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization) and layer.trainable:
            trains |= {id(weight) for weight in layer.weights}
    return {
        str(position): hashlib.sha256(weight.numpy().tobytes()).hexdigest()
        for position, weight in enumerate(backbone.weights)
        if id(weight) not in trains
    }


def prove_frozen(phase: Phase, backbone: keras.Model, before: Mapping[str, str]) -> FreezeProof:
    """Compare the frozen weights with their checksums from before the phase.

    Raises:
        FrozenWeightsMovedError: At least one of them has another value.
    """
    after = frozen_checksums(backbone)
    moved = [position for position, digest in before.items() if after.get(position) != digest]
    if moved:
        raise FrozenWeightsMovedError(
            phase.name, [backbone.weights[int(position)].path for position in moved]
        )
    whole = hashlib.sha256("".join(after.values()).encode()).hexdigest()
    return FreezeProof(phase=phase.name, frozen=len(after), checksum=whole)
