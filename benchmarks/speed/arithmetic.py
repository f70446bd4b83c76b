"""The possible speed-up of a training step by stored activations, computed without timing.

    python -m benchmarks.speed.arithmetic

The saved work is counted in multiply-adds, so the results are the same on every machine.
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
    """The cost of one training step, in forward passes through the whole backbone.

    Attributes:
        multiply_adds: Multiply-adds of one forward pass for one photo.
        trained_share: Share of them in the trained stages.
    """

    multiply_adds: int
    trained_share: float

    @property
    def from_photos(self) -> float:
        """The passes if all stages run: one forward, and two backward through trained stages."""
        return 1 + 2 * self.trained_share

    @property
    def from_stored(self) -> float:
        """The passes if only the trained stages run."""
        return 3 * self.trained_share

    @property
    def most_times(self) -> float:
        """The maximum speed-up, if both compute equally fast."""
        return self.from_photos / self.from_stored


def step_arithmetic(stages: Sequence[int], trained: int) -> StepArithmetic:
    """Compute the cost of a step that trains the last ``trained`` stages.

    The backward pass through a stage needs one product for the gradient of its weights and one for
    that of its inputs, each as large as the forward pass.

    Args:
        stages: Multiply-adds of each stage, in order.
        trained: Number of trained stages.

    >>> step = step_arithmetic([50, 25, 25], trained=2)
    >>> step.from_photos, step.from_stored, round(step.most_times, 2)
    (2.0, 1.5, 1.33)
    """
    total = sum(stages)
    share = sum(stages[-trained:]) / total
    return StepArithmetic(multiply_adds=total, trained_share=share)


def by_stage(layers: BackboneLayers) -> tuple[int, ...]:
    """Return the multiply-adds of each stage, in order."""
    return tuple(
        sum(layer.multiply_adds for layer in layers.of_stages([position]))
        for position in range(len(layers.stages))
    )


def main() -> None:
    """Print the work of the stages and the possible speed-up of a step."""
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
