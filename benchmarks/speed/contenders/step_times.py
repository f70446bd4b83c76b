"""A Keras callback that times training steps."""

from __future__ import annotations

import time
from typing import Any

import keras


class StepTimes(keras.callbacks.Callback):
    """Seconds of each training step, the wait for its batch included.

    Attributes:
        seconds: One value a step, over all epochs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._began = 0.0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Start the step's time."""
        self._began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Take the step's time."""
        self.seconds.append(time.perf_counter() - self._began)
