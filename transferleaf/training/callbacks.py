"""One training for the callbacks, though a plan runs in phases; and the best weights on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import keras

from transferleaf.features.finite import all_finite
from transferleaf.wording import counted


class FitHistory(keras.callbacks.History):
    """What Keras' history holds, and the results of the solved head beside the epochs.

    Attributes:
        history: Results of each epoch, by name. A plan without gradient epochs has one epoch, in
            which the head is solved.
        epoch: Numbers of the epochs, from 0.
        head: Results of the solved head, by name; empty where none was solved.
    """

    def __init__(self) -> None:
        super().__init__()
        self.head: dict[str, float] = {}

    def __repr__(self) -> str:
        epochs = len(getattr(self, "epoch", []))
        if (self.params or {}).get("head_is_epoch"):  # it is no gradient epoch
            epochs = 0
        values = ", ".join(f"{name} {value:.4f}" for name, value in self.head.items())
        return f"FitHistory(solved head: {values or 'none'}; {counted(epochs, 'gradient epoch')})"

    def on_head_solved(self, logs: dict[str, float]) -> None:
        """Keep the results of the solved head; called by ``fit``."""
        self.head = logs

    def curve(self, name: str) -> list[float]:
        """Values of ``name`` from the solved head on: that of the head first, if there is one."""
        epochs = [float(value) for value in self.history.get(name, [])]
        if name not in self.head or self.params["head_is_epoch"]:
            return epochs
        return [self.head[name], *epochs]


class SpanningCallbacks(keras.callbacks.CallbackList):
    """A callback list that sees one training where Keras' ``fit`` is called once a phase.

    Keras' ``fit`` announces the begin and the end of training each time. Callbacks that open files
    or forget counts on these calls would break, so only the first begin and a final ``finish``
    reach them.

    Args:
        callbacks: The callbacks.
        model: What they see as their model.
        epochs: How many epochs they will see at most.
        steps: Batches an epoch, where known.
        verbose: 0 for no progress bar.
        head_is_epoch: Whether solving the head is an epoch for them, as no other comes.

    Attributes:
        train_seconds: Time spent in training steps, validation left out.
        epoch_seconds: Time of the last epoch, validation included.
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
        """Announce the begin of the whole training."""
        super().on_train_begin()
        self._fill_history()  # Keras' History forgets its epochs when training begins

    def drive(self, model: keras.Model) -> None:
        """Name the model whose ``fit`` asks whether to stop; callbacks tell the classifier."""
        self._driven = model
        model.history = self.history  # what its fit returns

    def add(self, callback: keras.callbacks.Callback) -> None:
        """Let a callback of ours see the epochs that come."""
        callback.set_model(self._model)
        callback.set_params(self.params)
        self.callbacks.append(callback)

    def expect(self, *, epochs: int, steps: int) -> None:
        """Tell callbacks, the progress bar among them, that there will be other epochs."""
        self.set_params({**self.params, "epochs": epochs, "steps": steps})

    def recall(self, history: dict[str, list[float]], head: dict[str, float]) -> None:
        """Take over the results of epochs and of the solved head from before an interrupt."""
        self._recalled = history
        self.history.head = head
        self._fill_history()

    def solve_head(self, solve: Callable[[], dict[str, float]]) -> None:
        """Announce the results of a solved head to callbacks with a method ``on_head_solved``.

        Args:
            solve: Solves it and returns its results.
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
        """Look at the clock; called by Keras."""
        self._epoch_began = self._batch_ended = time.monotonic()
        super().on_epoch_begin(epoch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Pass a wish to stop on; called by Keras."""
        self._batch_ended = time.monotonic()
        super().on_train_batch_end(batch, logs)
        self._pass_on()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Pass a wish to stop on; called by Keras."""
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
        """Announce the end of the whole training."""
        super().on_train_end()

    def on_train_begin(self, logs: Any = None) -> None:
        """Swallow the begin of a phase; called by Keras."""

    def on_train_end(self, logs: Any = None) -> None:
        """Swallow the end of a phase; called by Keras."""


# What can be the best before the first epoch is.
START, HEAD = -2, -1


class BestWeights(keras.callbacks.Callback):
    """Remember the weights of the best epoch so far, and stop when none has come for long.

    Epochs are compared by validation accuracy, and by validation loss where that is equal or not
    measured. Without validation results the last epoch counts as the best. An epoch whose loss or
    weights are not finite never counts, and is the last one.

    The solved head gives way to the best epoch unless that has a lower validation accuracy. To ask
    for more than chance explains would keep the worse of the two more often: docs/retraining.md
    has the measurement.

    Args:
        patience: Epochs without a better one before training stops; ``None``: never.
        warmup_epochs: Epochs at the start that patience does not count.

    Attributes:
        epoch: The epoch that counts as the best, from 0; ``HEAD``: the solved head; ``START``:
            nothing was trained.
        logs: Its results.
        weights: Its weights.
        leader: The gradient epoch with the best results, which the solved head may beat.
        leader_logs: Its results.
        descending: Whether a gradient phase runs, so that what ends is an epoch of it.
        diverged: The epoch whose loss or weights were not finite, if any.
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
        """Take the weights that training starts from, to go back to if no epoch ends."""
        self.weights = weights

    def on_head_solved(self, logs: dict[str, float]) -> None:
        """Take the solved head as what epochs are compared with; called by ``fit``."""
        self.epoch, self.logs = HEAD, logs
        self.weights = self.model.get_weights()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Compare an epoch with the best one so far; called by Keras."""
        if not self.descending:  # the solved head was announced as an epoch, and is known already
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
        """Put the best weights back, those of the start where no epoch has ended."""
        if self.weights:
            self.model.set_weights(self.weights)

    def _head_gives_way(self) -> bool:
        """Whether the best epoch is kept, and not the solved head, if there is one."""
        if self.epoch != HEAD:
            return True
        head, leader = (accuracy_in(logs, prefix="val_") for logs in (self.logs, self.leader_logs))
        if head is None or leader is None:
            return _rank(self.leader_logs) >= _rank(self.logs)
        return leader >= head


def _rank(logs: dict[str, float]) -> tuple[float, float]:
    """Sort key of an epoch; larger is better."""
    accuracy = accuracy_in(logs, prefix="val_")
    return (0.0 if accuracy is None else accuracy, -logs.get("val_loss", 0.0))


def accuracy_in(logs: dict[str, float], *, prefix: str) -> float | None:
    """The accuracy among the results of an epoch, ``None`` where it was not measured.

    Args:
        logs: The results.
        prefix: What its name begins with: ``"val_"``, or nothing for the training photos.
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
