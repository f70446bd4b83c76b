"""A Keras callback that times training steps."""

from __future__ import annotations

import time
from typing import Any

import keras


class StepTimes(keras.callbacks.Callback):
    """Records the seconds of each training step, including the wait for its batch.

    Attributes:
        seconds: One value per step, over all epochs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._began = 0.0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Start timing the step."""
        self._began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Record the time of the step."""
        self.seconds.append(time.perf_counter() - self._began)
