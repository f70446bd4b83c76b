"""One training for the callbacks, though a plan runs in phases; and the best weights on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras


class SpanningCallbacks(keras.callbacks.CallbackList):
    """A callback list that sees one training where Keras' ``fit`` is called once a phase.

    Keras' ``fit`` announces the begin and the end of training each time. Callbacks that open files
    or forget counts on these calls would break, so only the first begin and a final ``finish``
    reach them.
    """

    def __init__(
        self,
        callbacks: Any,
        *,
        model: keras.Model,
        epochs: int,
        steps: int | None,
        verbose: int,
    ) -> None:
        super().__init__(
            callbacks,
            add_history=True,
            add_progbar=verbose != 0,
            model=model,
            verbose=verbose,
            epochs=epochs,
            steps=steps,
        )

    @property
    def history(self) -> keras.callbacks.History:
        """The history of all phases."""
        return self._history

    def start(self) -> None:
        """Announce the begin of the whole training."""
        super().on_train_begin()

    def finish(self) -> None:
        """Announce the end of the whole training."""
        super().on_train_end()

    def on_train_begin(self, logs: Any = None) -> None:
        """Swallow the begin of a phase; called by Keras."""

    def on_train_end(self, logs: Any = None) -> None:
        """Swallow the end of a phase; called by Keras."""


class BestWeights(keras.callbacks.Callback):
    """Remember the weights of the best epoch so far, and stop when none has come for long.

    Epochs are compared by validation accuracy, and by validation loss where that is equal or not
    measured. Without validation results the last epoch counts as the best.

    Args:
        patience: Epochs without a better one before training stops; ``None``: never.
    """

    def __init__(self, patience: int | None) -> None:
        super().__init__()
        self.patience = patience
        self.epoch = -1
        self.logs: dict[str, float] = {}
        self._weights: list[Any] | None = None

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Compare an epoch with the best one so far; called by Keras."""
        logs = dict(logs or {})
        if self._weights is None or _rank(logs) >= _rank(self.logs):
            self.epoch, self.logs = epoch, logs
            self._weights = self.model.get_weights()
        elif self.patience is not None and epoch - self.epoch >= self.patience:
            self.model.stop_training = True

    def restore(self) -> None:
        """Put the best weights back, if any epoch has ended."""
        if self._weights is not None:
            self.model.set_weights(self._weights)


def _rank(logs: dict[str, float]) -> tuple[float, float]:
    """Sort key of an epoch; larger is better."""
    accuracies = [value for name, value in logs.items() if name in _ACCURACIES]
    accuracy = accuracies[0] if accuracies else 0.0
    return (accuracy, -logs.get("val_loss", 0.0))


_ACCURACIES: Sequence[str] = (
    "val_accuracy",
    "val_acc",
    "val_categorical_accuracy",
    "val_sparse_categorical_accuracy",
)
