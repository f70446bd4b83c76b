"""The learning-rate schedule of a phase: linear warm-up and cosine decay."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np


@keras.saving.register_keras_serializable("transferleaf")
class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    """A linear warm-up, then a cosine decay to 0.

    Unlike ``keras.optimizers.schedules.CosineDecay``, it can be stretched while a compiled step
    uses it, because the number of steps within a time limit is known only after some steps.

    Args:
        peak: The learning rate at the end of the warm-up, above 0.
        steps: Total number of steps, at least 1.
        warmup_steps: Number of warm-up steps, less than ``steps``.

    >>> schedule = WarmupCosine(1.0, steps=10, warmup_steps=2)
    >>> [round(float(schedule(step)), 2) for step in (0, 1, 2, 6, 10)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    def __init__(self, peak: float, *, steps: int, warmup_steps: int = 0) -> None:
        super().__init__()
        self.peak = peak
        self.steps = steps
        self.warmup_steps = warmup_steps
        self._lengths = keras.Variable(
            np.array([warmup_steps, steps], np.float32), trainable=False, dtype="float32"
        )

    def stretch(self, steps: int) -> None:
        """Set the total number of steps. The share of the warm-up does not change."""
        self.warmup_steps = self.warmup_steps * steps // self.steps
        self.steps = steps
        self._lengths.assign(np.array([self.warmup_steps, self.steps], np.float32))

    def __call__(self, step: Any) -> Any:
        """Return the learning rate at ``step``, starting with 0."""
        step = keras.ops.cast(step, "float32")
        warmup, steps = self._lengths[0], self._lengths[1]
        rising = step / keras.ops.maximum(warmup, 1.0)
        done = keras.ops.clip((step - warmup) / keras.ops.maximum(steps - warmup, 1.0), 0.0, 1.0)
        falling = 0.5 * (1.0 + keras.ops.cos(np.pi * done))
        return self.peak * keras.ops.where(step < warmup, rising, falling)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"peak": self.peak, "steps": self.steps, "warmup_steps": self.warmup_steps}
