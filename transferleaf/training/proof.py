"""Verification of a plan: checksums of the frozen weights before and after a phase."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import keras

from transferleaf.errors import FrozenWeightsMovedError
from transferleaf.freezing import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeProof:
    """The result of the verification after a phase.

    Attributes:
        phase: Name of the phase.
        frozen: Number of frozen weights and statistics. All are unchanged.
        checksum: SHA-256 of their values, in hexadecimal digits.
    """

    phase: str
    frozen: int
    checksum: str


def frozen_checksums(backbone: keras.Model) -> dict[str, str]:
    """Return a checksum of each frozen backbone weight, including batch-norm statistics.

    Returns:
        A dictionary from the index of the weight, as text, to the SHA-256 of its values. Paths are
        not unique in nested models, and may change when a network is built again.
    """
    trains = {id(weight) for weight in backbone.trainable_weights}
    # The statistics of a batch norm in training are not trainable weights, but they change.
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
        FrozenWeightsMovedError: At least one of them changed.
    """
    after = frozen_checksums(backbone)
    moved = [position for position, digest in before.items() if after.get(position) != digest]
    if moved:
        raise FrozenWeightsMovedError(
            phase.name, [backbone.weights[int(position)].path for position in moved]
        )
    whole = hashlib.sha256("".join(after.values()).encode()).hexdigest()
    return FreezeProof(phase=phase.name, frozen=len(after), checksum=whole)
