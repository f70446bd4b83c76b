"""What a network and a policy cost: counted in multiply-adds, not timed on some machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from transferleaf.freezing import BackboneLayers, FreezePolicy, Method
from transferleaf.wording import counted

_BYTES_A_WEIGHT = 4  # float32
_BATCH = 32  # what fit takes where it is told nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The work that a network and a policy ask for.

    Attributes:
        multiply_adds: Of one forward pass of the backbone over one photo.
        parameters: Weights of the backbone.
        trained_stages: How many of its stages train by gradient.
        epochs: Gradient epochs; 0 where the head is solved and nothing else trains.
        passes: Work of one epoch for one photo, as a multiple of one forward pass.
    """

    multiply_adds: int
    parameters: int
    trained_stages: int
    epochs: int
    passes: float

    @property
    def megabytes(self) -> float:
        """Size of the backbone's weights in MB."""
        return self.parameters * _BYTES_A_WEIGHT / 1e6

    def __str__(self) -> str:
        once = (
            f"One forward pass per photo ({amount(self.multiply_adds)}), stored, to solve the head"
        )
        if not self.epochs:
            return f"{once}. Nothing else trains."
        epochs, trained = counted(self.epochs, "epoch"), counted(self.trained_stages, "stage")
        return f"{once}; then {epochs} for {trained}, about {self.passes:.1f} passes each."

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Cost:
        """Rebuild it from ``to_dict``'s answer."""
        return cls(**values)


def cost_of(
    policy: FreezePolicy, layers: BackboneLayers, *, classes: int, training_photos: int
) -> Cost:
    """Count what a policy asks for on a backbone.

    Args:
        policy: What trains.
        layers: The backbone's layers.
        classes: Number of classes.
        training_photos: How many photos there are to learn from.
    """
    steps = ceil(training_photos / _BATCH)
    last = policy.plan(layers, classes=classes, steps_per_epoch=steps).phases[-1]
    by_gradient = last.method is Method.GRADIENT
    return Cost(
        multiply_adds=sum(layer.multiply_adds for layer in layers.layers),
        parameters=layers.parameters,
        trained_stages=sum(stage.trainable_parameters > 0 for stage in last.stages),
        epochs=last.epochs if by_gradient else 0,
        passes=last.passes if by_gradient else 0.0,
    )


def amount(multiply_adds: int) -> str:
    """Say a number of multiply-adds.

    >>> amount(390_000_000), amount(4_100_000_000)
    ('390 million multiply-adds', '4.1 billion multiply-adds')
    """
    if multiply_adds >= 1e9:
        return f"{multiply_adds / 1e9:.1f} billion multiply-adds"
    if multiply_adds >= 1e6:
        return f"{multiply_adds / 1e6:,.3g} million multiply-adds"
    return f"{multiply_adds:,} multiply-adds"
