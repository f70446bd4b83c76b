"""The phase that trains with gradients: its schedule, then one call of Keras' ``fit`` per epoch."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import keras
import numpy as np

from transferleaf.backbones.backbone import Backbone
from transferleaf.freezing import Phase
from transferleaf.text.progress import Reporter
from transferleaf.text.wording import counted, duration
from transferleaf.training.callbacks import SpanningCallbacks
from transferleaf.training.phases.cut import tail_network
from transferleaf.training.phases.epochs import PhaseEpochs, epoch_seed
from transferleaf.training.phases.optimizers import unwrapped
from transferleaf.training.phases.phase_inputs import PhaseInputs
from transferleaf.training.phases.schedules import WarmupCosine
from transferleaf.training.phases.step_times import measure_steps
from transferleaf.training.resume import FitState
from transferleaf.training.time_limit import WORTH_SAYING, Schedule, StopInTime, TimeLimit

# Minimum number of steps for which their time is measured without a time limit.
_WORTH_MEASURING = 200


@dataclass(kw_only=True)
class GradientPhase:
    """Gradient training of a compiled classifier in one phase of its plan.

    Attributes:
        phase: The planned phase. With a time limit, ``epochs`` may reduce its number of epochs.
        classifier: The classifier, compiled for the phase.
        backbone: The backbone, whose layers are set as trainable or not.
        arguments: The ``compile`` arguments of the phase.
        inputs: The photos and their stored outputs.
        callbacks: The callback list for all phases.
        reporter: Shows progress.
        state: The current state. Its epoch and seconds are updated.
        limit: The time limit of the fit.
        earlier_epochs: Gradient epochs of the earlier phases.
        earlier_steps: Gradient epochs and solved heads of the earlier phases.
    """

    phase: Phase
    classifier: keras.Model
    backbone: Backbone
    arguments: Mapping[str, Any]
    inputs: PhaseInputs
    callbacks: SpanningCallbacks
    reporter: Reporter
    state: FitState
    limit: TimeLimit
    earlier_epochs: int
    earlier_steps: int
    _batches: PhaseEpochs = field(init=False)
    _tail: keras.Model = field(init=False)

    def epochs(self) -> Iterator[None]:
        """Train, and yield after each epoch, when the state can be saved."""
        began = time.monotonic()
        self._compile_tail()
        schedule = self._schedule()
        self.phase = replace(self.phase, epochs=schedule.epochs)
        if self.state.epoch:  # only within the same phase, as each phase has its own optimizer
            _assign(self.classifier.optimizer.variables, self.state.optimizer)
        self.state.seconds += time.monotonic() - began
        first = self.state.epoch
        while self.state.epoch < schedule.epochs and not self.classifier.stop_training:
            began = time.monotonic()
            self._one_epoch(schedule)
            self.state.seconds += time.monotonic() - began
            self.state.epoch += 1
            if self.state.epoch == first + 1 < schedule.epochs:
                self._say_remaining()
            yield

    def _compile_tail(self) -> None:
        self._batches = self.inputs.epochs(self.phase)
        with self.classifier.distribute_strategy.scope():
            self._tail = tail_network(
                self.classifier,
                self.backbone,
                self._batches.cut,
                self.inputs.groups,
                any_size=self._batches.initial is not None,
            )
            arguments = {**self.arguments, "optimizer": self.classifier.optimizer}
            keras.Model.compile(self._tail, **arguments)
        self._build_metrics()
        self.callbacks.drive(self._tail)

    def _build_metrics(self) -> None:
        """Create the variables of the metrics. Otherwise the first step would be traced twice."""
        if self.classifier.distribute_strategy.num_replicas_in_sync > 1:
            return  # Keras creates them
        classes = self.inputs.plan.classes
        one_hot = self.inputs.labels == "one-hot"
        labels = np.eye(1, classes, dtype="float32") if one_hot else np.zeros(1, "int64")
        self._tail.compute_metrics(None, labels, np.full((1, classes), 1 / classes, "float32"))
        self._tail.reset_metrics()

    def _schedule(self) -> Schedule:
        """Return the number of epochs and steps. With a time limit, they depend on measurements."""
        planned = Schedule(epochs=self.phase.epochs, steps=self.inputs.steps_per_epoch)
        if self.state.schedule:  # a resumed run keeps its schedule
            count, steps = self.state.schedule
            found = Schedule(epochs=count, steps=steps)
        elif self.limit.limited:
            times = measure_steps(self._tail, self._batches, self.inputs.validation_steps)
            found = self.limit.schedule(planned, times)
            self.state.schedule = [found.epochs, found.steps]
            self.state.validation_seconds = times.validation
            self.reporter.say(self.limit.explain(planned, found, times))
        else:
            many = planned.epochs * planned.steps >= _WORTH_MEASURING
            if many and self.reporter.verbose and not self.state.epoch:
                times = measure_steps(self._tail, self._batches, self.inputs.validation_steps)
                self.reporter.say(self.limit.explain(planned, planned, times))
            return planned
        if self.limit.limited:
            self.callbacks.add(StopInTime(self.limit, self.state.validation_seconds))
        learning_rate = unwrapped(self.classifier.optimizer)._learning_rate
        if found.epochs and isinstance(learning_rate, WarmupCosine):
            learning_rate.stretch(found.epochs * found.steps)
        self.callbacks.expect(epochs=found.epochs, steps=found.steps)
        return found

    def _one_epoch(self, schedule: Schedule) -> None:
        number = self.state.epoch
        epoch, step = self.earlier_epochs + number, self.earlier_steps + number
        batches = self._batches.of_epoch(number, schedule.epochs)
        reseed(self._tail, epoch_seed(self.state.seed, step))
        train = batches.train(step)
        # One call per epoch: its batches depend only on seed and epoch, so any epoch can be
        # repeated.
        self._tail.fit(
            train.take(schedule.steps) if self.state.schedule else train,
            validation_data=batches.validation(),
            initial_epoch=epoch,
            epochs=epoch + 1,
            callbacks=self.callbacks,
            shuffle=False,  # the batches are shuffled already
            verbose=self.reporter.verbose,
        )

    def _say_remaining(self) -> None:
        phase, done = self.phase, self.state.epoch
        size = phase.initial_image_size or self.backbone.image_size
        works = [
            (size / self.backbone.image_size) ** 2 if epoch < phase.initial_epochs else 1.0
            for epoch in range(done - 1, phase.epochs)
        ]
        seconds = sum(works[1:]) / works[0] * self.callbacks.epoch_seconds
        if seconds >= WORTH_SAYING:
            others = counted(phase.epochs - done, "epoch")
            self.reporter.say(f"About {duration(seconds)} for the other {others}.")


def reseed(model: keras.Model, seed: int) -> None:
    """Set the seeds of dropout and similar layers, so that an epoch can be repeated."""
    generators = [
        generator for layer in model._flatten_layers() for generator in layer._seed_generators
    ]
    for number, generator in enumerate(generators):
        generator.state.assign([seed, number])


def _assign(variables: list[Any], values: list[Any]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
