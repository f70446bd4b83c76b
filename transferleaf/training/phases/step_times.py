"""Measurement of the time of a training step and of a validation pass on this machine."""

from __future__ import annotations

import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from transferleaf.training.phases.epochs import PhaseEpochs
from transferleaf.training.time_limit import StepTimes

# The first steps trace the network and fill caches, so they are not timed.
_WARM_UP, _MEASURED = 3, 6


def measure_steps(
    tail: keras.Model, batches: PhaseEpochs, validation_steps: int | None
) -> StepTimes:
    """Time a few training steps and validation batches. All weights are restored.

    The compiled step is kept, so only these steps are extra work.

    Args:
        tail: The compiled network of a phase.
        batches: The batches of the phase.
        validation_steps: Number of validation batches, or ``None`` if unknown.
    """
    small_step = None
    if batches.initial is not None:
        small_step, _ = _timed(tail, batches.initial.train(0), None)
    judges = batches.usual.validation()
    step, judged = _timed(tail, batches.usual.train(0), judges)
    count = 0 if judges is None else validation_steps or sum(1 for _ in judges)
    return StepTimes(step=step, validation=count * judged, small_step=small_step)


def _timed(
    tail: keras.Model, train: tf.data.Dataset, judges: tf.data.Dataset | None
) -> tuple[float, float]:
    """Return the seconds of a training step, and of a validation batch; 0 without ``judges``."""
    count = _WARM_UP + _MEASURED
    clock = _Clock()
    weights = tail.get_weights()
    optimizer = [variable.numpy() for variable in tail.optimizer.variables]
    try:
        tail.fit(
            train.repeat().take(count),
            validation_data=None if judges is None else judges.take(count),
            callbacks=[clock],
            shuffle=False,
            verbose=0,
        )
    finally:
        tail.set_weights(weights)
        for variable, value in zip(tail.optimizer.variables, optimizer, strict=True):
            variable.assign(value)
    return _usual(clock.steps), 0.0 if judges is None else _usual(clock.judged)


class _Clock(keras.callbacks.Callback):
    """Records the time at which each batch ends."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[float] = []
        self.judged: list[float] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.steps.append(time.monotonic())

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.steps.append(time.monotonic())

    def on_test_begin(self, logs: Any = None) -> None:
        self.judged.append(time.monotonic())

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self.judged.append(time.monotonic())


def _usual(moments: list[float]) -> float:
    """Return the mean time between the later batches."""
    gaps = np.diff(moments)
    return float(np.mean(gaps[min(_WARM_UP, len(gaps) - 1) :]))
