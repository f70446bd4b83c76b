"""How much faster stored activations can make a training step, by counting alone.

    python -m benchmarks.speed.arithmetic

Nothing is timed: what is left out of a step is counted in multiply-adds, so the figures are the
same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import transferleaf as tl
from benchmarks.speed.rows.sides import LITE, RESNET
from transferleaf.backbones import build_backbone
from transferleaf.freezing import BackboneLayers

TRAINED_STAGES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class StepArithmetic:
    """One training step, counted in forward passes through the whole backbone.

    Attributes:
        multiply_adds: Of one forward pass for one photo.
        trained_share: Share of it in the stages that train.
    """

    multiply_adds: int
    trained_share: float

    @property
    def from_photos(self) -> float:
        """Passes where all stages run: forwards once, backwards twice through what trains."""
        return 1 + 2 * self.trained_share

    @property
    def from_stored(self) -> float:
        """Passes where only what trains runs."""
        return 3 * self.trained_share

    @property
    def most_times(self) -> float:
        """How many times as fast the second is where both compute equally well."""
        return self.from_photos / self.from_stored


def step_arithmetic(stages: Sequence[int], trained: int) -> StepArithmetic:
    """Count a step whose last ``trained`` stages train.

    Going back through a stage takes a product for the gradient of its weights and one for that of
    its inputs, each as large as going forwards.

    Args:
        stages: Multiply-adds of each stage, from low to high level.
        trained: How many of them train.

    >>> step = step_arithmetic([50, 25, 25], trained=2)
    >>> step.from_photos, step.from_stored, round(step.most_times, 2)
    (2.0, 1.5, 1.33)
    """
    total = sum(stages)
    share = sum(stages[-trained:]) / total
    return StepArithmetic(multiply_adds=total, trained_share=share)


def by_stage(layers: BackboneLayers) -> tuple[int, ...]:
    """Multiply-adds of each stage, from low to high level."""
    return tuple(
        sum(layer.multiply_adds for layer in layers.of_stages([position]))
        for position in range(len(layers.stages))
    )


def main() -> None:
    """Print the stages' work and what follows for a step."""
    for name in (RESNET, LITE):
        layers = build_backbone(tl.get_backbone(name), weights=None).describe()
        stages = by_stage(layers)
        step = step_arithmetic(stages, TRAINED_STAGES)
        print(f"{name}: {step.multiply_adds / 1e6:,.0f} million multiply-adds a photo")
        for stage, count in zip(layers.stages, stages, strict=True):
            print(f"  {stage}: {count / 1e6:,.0f} million, {count / step.multiply_adds:.1%}")
        print(
            f"  a step of the last {TRAINED_STAGES} stages: {step.from_photos:.2f} passes from "
            f"photos, {step.from_stored:.2f} from stored activations: {step.most_times:.2f} times"
        )


if __name__ == "__main__":
    main()
