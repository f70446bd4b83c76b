"""A plan run for real: per phase set what trains, compile, check, train, and prove."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import keras
from rich.console import Console

from transferleaf.datasets.augmentation import Augmentation
from transferleaf.datasets.photo_errors import photo_errors
from transferleaf.freezing import FreezePlan, Method, Phase
from transferleaf.training.callbacks import BestWeights, SpanningCallbacks
from transferleaf.training.compiling import PhaseCompiler
from transferleaf.training.feeds import Feed
from transferleaf.training.head_solver import Floats
from transferleaf.training.labels import weighted_by_class
from transferleaf.training.proof import FreezeProof, frozen_checksums, prove_frozen
from transferleaf.training.solving import solve_phase
from transferleaf.training.trainability import apply_trainability, check_trainability


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRecord:
    """What became of one phase.

    Attributes:
        phase: What was planned.
        seconds: How long it took.
        proof: What was compared afterwards.
    """

    phase: Phase
    seconds: float
    proof: FreezeProof


@dataclass(kw_only=True)
class PlanRun:
    """One run of a plan on one classifier.

    Attributes:
        classifier: The whole network; callbacks see it as their model.
        backbone: The part of it that the plan freezes or trains.
        plan: What to do.
        compiler: How each phase is compiled.
        train: The photos to learn from.
        validation: The photos that judge, if any.
        callbacks: One list over all phases.
        best: Which epoch was the best.
        fit: Keras' own ``fit`` of the classifier.
        class_weight: Weight of each class, shape ``(n_classes,)``, if any.
        augment: How training photos are varied, if at all.
        seed: Seeds shuffling and augmentation.
        verbose: 0 for silence, 1 for bars, 2 for a line an epoch.
        records: What became of each phase that ended.
    """

    classifier: keras.Model
    backbone: keras.Model
    plan: FreezePlan
    compiler: PhaseCompiler
    train: Feed
    validation: Feed | None
    callbacks: SpanningCallbacks
    best: BestWeights
    fit: Callable[..., Any]
    class_weight: Floats | None
    augment: Augmentation | None
    seed: int
    verbose: int
    records: list[PhaseRecord] = field(default_factory=list)
    _epoch: int = 0

    def run(self) -> None:
        """Run every phase; afterwards the classifier holds the best weights of all epochs.

        Raises:
            PlanMismatchError: Other weights would train than the plan names.
            FrozenWeightsMovedError: A frozen weight changed.
            KeyboardInterrupt: The user stopped it; the best weights so far are in place.
        """
        self.classifier.stop_training = False
        begun = False
        try:
            with photo_errors():
                for phase in self.plan.phases:
                    if self.classifier.stop_training:
                        break
                    before = self._prepare(phase)
                    if not begun:
                        self.callbacks.start()
                        begun = True
                    self._train(phase, before)
        except KeyboardInterrupt:
            self._say(f"Interrupted. In place: the weights of {self.name_of_best()}.")
            raise
        finally:
            self.best.restore()
            if begun:
                self.callbacks.finish()

    def name_of_best(self) -> str:
        """Say which epoch's weights are the best so far."""
        if self.best.epoch < 0:
            return "the start, nothing was trained"
        solved = self.plan.phases[0].method is Method.SOLVE
        if solved and self.best.epoch == 0:
            return "the solved head"
        return f"gradient epoch {self.best.epoch + (0 if solved else 1)}"

    def _prepare(self, phase: Phase) -> dict[str, str]:
        apply_trainability(self.backbone, phase.trainable)
        # Only what is compiled after the flags are set trains as they say.
        self.compiler.compile(
            self.classifier, phase, backbone=self.backbone, steps=self._steps_per_epoch()
        )
        check_trainability(phase, self.classifier, self.backbone)
        return frozen_checksums(self.backbone)

    def _train(self, phase: Phase, before: dict[str, str]) -> None:
        began = time.monotonic()
        if phase.method is Method.SOLVE:
            self._solve()
        elif phase.epochs:
            self._descend(phase)
        seconds = time.monotonic() - began
        proof = prove_frozen(phase, self.backbone, before)
        self.records.append(PhaseRecord(phase=phase, seconds=seconds, proof=proof))

    def _solve(self) -> None:
        self.callbacks.on_epoch_begin(self._epoch)
        solved = solve_phase(
            self.classifier,
            self.train,
            self.validation,
            n_classes=self.plan.classes,
            labels=self.compiler.labels,
            class_weight=self.class_weight,
            augment=self.augment,
            seed=self.seed,
            verbose=self.verbose,
        )
        self.callbacks.on_epoch_end(self._epoch, solved.logs)
        self._epoch += 1

    def _descend(self, phase: Phase) -> None:
        batches = self.train.open(self.seed)
        if self.augment is not None:
            batches = self.augment.apply(batches, classes=self.plan.classes, seed=self.seed)
        if self.class_weight is not None:
            batches = weighted_by_class(batches, self.class_weight)
        self.fit(
            batches,
            validation_data=None if self.validation is None else self.validation.open(None),
            initial_epoch=self._epoch,
            epochs=self._epoch + phase.epochs,
            callbacks=self.callbacks,
            shuffle=False,  # the feed is shuffled already
            verbose=self.verbose,
        )
        self._epoch += phase.epochs

    def _steps_per_epoch(self) -> int:
        if self.train.steps is None:
            steps = sum(1 for _ in self.train.open(None))
            self.train = replace(self.train, steps=steps)
        return self.train.steps or 1

    def _say(self, text: str) -> None:
        if self.verbose:
            Console().print(text)
