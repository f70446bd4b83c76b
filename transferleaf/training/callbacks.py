"""Callbacks over all phases of a training, and the best weights so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import keras

from transferleaf.features.finite import all_finite
from transferleaf.text.wording import counted


class FitHistory(keras.callbacks.History):
    """The history of Keras, with the results of the solved head.

    Attributes:
        history: Results of each epoch, by name. Without gradient epochs, the solved head is the
            only epoch.
        epoch: Numbers of the epochs, from 0.
        head: Results of the solved head, by name. Empty if no head was solved.
    """

    def __init__(self) -> None:
        super().__init__()
        self.head: dict[str, float] = {}

    def __repr__(self) -> str:
        epochs = len(getattr(self, "epoch", []))
        if (self.params or {}).get("head_is_epoch"):  # not a gradient epoch
            epochs = 0
        values = ", ".join(f"{name} {value:.4f}" for name, value in self.head.items())
        return f"FitHistory(solved head: {values or 'none'}; {counted(epochs, 'gradient epoch')})"

    def on_head_solved(self, logs: dict[str, float]) -> None:
        """Store the results of the solved head. Called by ``fit``."""
        self.head = logs

    def curve(self, name: str) -> list[float]:
        """Return the values of ``name``: that of the solved head first, then one per epoch."""
        epochs = [float(value) for value in self.history.get(name, [])]
        if name not in self.head or self.params["head_is_epoch"]:
            return epochs
        return [self.head[name], *epochs]


class SpanningCallbacks(keras.callbacks.CallbackList):
    """A callback list that shows one training, though Keras' ``fit`` runs once per phase.

    Keras' ``fit`` calls ``on_train_begin`` and ``on_train_end`` each time. Callbacks that open
    files or reset counters there would break, so they get only the first begin and the final
    ``finish``.

    Args:
        callbacks: The callbacks.
        model: The model that the callbacks get.
        epochs: The maximum number of epochs.
        steps: Batches per epoch, if known.
        verbose: 0 for no progress bar.
        head_is_epoch: Whether the solved head counts as an epoch, because there are no others.

    Attributes:
        train_seconds: Time of all training steps, without validation.
        epoch_seconds: Time of the last epoch, with validation.
    """

    def __init__(
        self,
        callbacks: Any,
        *,
        model: keras.Model,
        epochs: int,
        steps: int | None,
        verbose: int,
        head_is_epoch: bool = False,
    ) -> None:
        super().__init__(
            [*callbacks, FitHistory()],
            add_history=True,
            add_progbar=verbose != 0,
            model=model,
            verbose=verbose,
            epochs=epochs,
            steps=steps,
            head_is_epoch=head_is_epoch,
        )
        self._model = model
        self._head_is_epoch = head_is_epoch
        self._driven: keras.Model | None = None
        self._recalled: dict[str, list[float]] = {}
        self._epoch_began = self._batch_ended = 0.0
        self.train_seconds = self.epoch_seconds = 0.0

    @property
    def history(self) -> FitHistory:
        """The history of all phases."""
        found: FitHistory = self._history
        return found

    def start(self) -> None:
        """Call ``on_train_begin`` of the callbacks."""
        super().on_train_begin()
        self._fill_history()  # Keras' History resets its epochs at the begin of training

    def drive(self, model: keras.Model) -> None:
        """Set the model whose ``fit`` reads ``stop_training``. Callbacks use the classifier."""
        self._driven = model
        model.history = self.history  # the return value of its fit

    def add(self, callback: keras.callbacks.Callback) -> None:
        """Add an internal callback for the following epochs."""
        callback.set_model(self._model)
        callback.set_params(self.params)
        self.callbacks.append(callback)

    def expect(self, *, epochs: int, steps: int) -> None:
        """Update the number of epochs and steps that callbacks and the progress bar use."""
        self.set_params({**self.params, "epochs": epochs, "steps": steps})

    def recall(self, history: dict[str, list[float]], head: dict[str, float]) -> None:
        """Restore the results of the epochs and of the solved head of an interrupted fit."""
        self._recalled = history
        self.history.head = head
        self._fill_history()

    def solve_head(self, solve: Callable[[], dict[str, float]]) -> None:
        """Solve the head, and pass its results to callbacks with a method ``on_head_solved``.

        Args:
            solve: Solves the head and returns its results.
        """
        if self._head_is_epoch:
            self.on_epoch_begin(0)
        logs = solve()
        for callback in self.callbacks:
            if hasattr(callback, "on_head_solved"):
                callback.on_head_solved(dict(logs))
        if self._head_is_epoch:
            self.on_epoch_end(0, logs)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Store the time. Called by Keras."""
        self._epoch_began = self._batch_ended = time.monotonic()
        super().on_epoch_begin(epoch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Pass on a request to stop. Called by Keras."""
        self._batch_ended = time.monotonic()
        super().on_train_batch_end(batch, logs)
        self._pass_on()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Pass on a request to stop. Called by Keras."""
        self.train_seconds += self._batch_ended - self._epoch_began
        self.epoch_seconds = time.monotonic() - self._epoch_began
        super().on_epoch_end(epoch, logs)
        self._pass_on()

    def _fill_history(self) -> None:
        self.history.history.update({name: [*values] for name, values in self._recalled.items()})
        self.history.epoch = list(range(max(map(len, self._recalled.values()), default=0)))

    def _pass_on(self) -> None:
        if self._driven is not None and self._model.stop_training:
            self._driven.stop_training = True

    def finish(self) -> None:
        """Call ``on_train_end`` of the callbacks."""
        super().on_train_end()

    def on_train_begin(self, logs: Any = None) -> None:
        """Do nothing at the begin of a phase. Called by Keras."""

    def on_train_end(self, logs: Any = None) -> None:
        """Do nothing at the end of a phase. Called by Keras."""


# Values of BestWeights.epoch before the first epoch.
START, HEAD = -2, -1


class BestWeights(keras.callbacks.Callback):
    """Stores the weights of the best epoch, and stops if there is none for a while.

    Epochs are compared by validation accuracy, then by validation loss. Without validation data,
    the last epoch is the best. An epoch with a non-finite loss or non-finite weights is never the
    best, and ends the training.

    The best epoch replaces the solved head unless its validation accuracy is lower. Requiring a
    significant improvement would keep the worse of the two more often; see docs/retraining.md.

    Args:
        patience: Number of epochs without a better one before training stops. ``None``: never.
        warmup_epochs: Number of epochs at the start that do not count for the patience.

    Attributes:
        epoch: The best epoch, starting with 0. ``HEAD``: the solved head. ``START``: nothing was
            trained.
        logs: The results of the best epoch.
        weights: The weights of the best epoch.
        leader: The best gradient epoch, even if the solved head is better.
        leader_logs: The results of the best gradient epoch.
        descending: Whether a gradient phase is running.
        diverged: The epoch with a non-finite loss or non-finite weights, if any.
    """

    def __init__(self, patience: int | None, *, warmup_epochs: int = 0) -> None:
        super().__init__()
        self.patience = patience
        self.warmup_epochs = warmup_epochs
        self.epoch = self.leader = START
        self.logs: dict[str, float] = {}
        self.leader_logs: dict[str, float] = {}
        self.weights: list[Any] = []
        self.descending = False
        self.diverged: int | None = None

    def begin(self, weights: list[Any]) -> None:
        """Store the initial weights, to restore them if no epoch ends."""
        self.weights = weights

    def on_head_solved(self, logs: dict[str, float]) -> None:
        """Store the solved head, to compare epochs with it. Called by ``fit``."""
        self.epoch, self.logs = HEAD, logs
        self.weights = self.model.get_weights()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Compare an epoch with the best one so far. Called by Keras."""
        if not self.descending:  # the solved head, which is already stored
            return
        logs = dict(logs or {})
        weights = self.model.get_weights()
        if not all_finite([logs[name] for name in _LOSSES if name in logs] + weights):
            self.diverged = epoch
            self.model.stop_training = True
        elif self.leader == START or _rank(logs) >= _rank(self.leader_logs):
            self.leader, self.leader_logs = epoch, logs
            if self._head_gives_way():
                self.epoch, self.logs, self.weights = epoch, logs, weights
        elif self.patience is not None:
            last = max(self.leader, self.warmup_epochs - 1)
            self.model.stop_training |= epoch - last >= self.patience

    def restore(self) -> None:
        """Restore the best weights, or the initial ones if no epoch has ended."""
        if self.weights:
            self.model.set_weights(self.weights)

    def _head_gives_way(self) -> bool:
        """Return whether the best epoch replaces the solved head."""
        if self.epoch != HEAD:
            return True
        head, leader = (accuracy_in(logs, prefix="val_") for logs in (self.logs, self.leader_logs))
        if head is None or leader is None:
            return _rank(self.leader_logs) >= _rank(self.logs)
        return leader >= head


def _rank(logs: dict[str, float]) -> tuple[float, float]:
    """Return the sort key of an epoch; larger is better."""
    accuracy = accuracy_in(logs, prefix="val_")
    return (0.0 if accuracy is None else accuracy, -logs.get("val_loss", 0.0))


def accuracy_in(logs: dict[str, float], *, prefix: str) -> float | None:
    """Return the accuracy in the results of an epoch, or ``None`` if it was not measured.

    Args:
        logs: The results of the epoch.
        prefix: Prefix of its name: ``"val_"``, or nothing for the training photos.
    """
    found = [
        value for name, value in logs.items() if name in [prefix + each for each in _ACCURACIES]
    ]
    return found[0] if found else None


_LOSSES: Sequence[str] = ("loss", "val_loss")
_ACCURACIES: Sequence[str] = (
    "accuracy",
    "acc",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
)
