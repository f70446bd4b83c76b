"""The run of a plan. For each phase: set the trainable layers, compile, check, train and verify."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import keras

from transferleaf.backbones.backbone import Backbone
from transferleaf.datasets.photos.errors import photo_errors
from transferleaf.errors import BadPhotosError, DivergedError, PhotoError
from transferleaf.freezing import FreezePlan, HeadStart, Method, Phase
from transferleaf.head.layers import empty_head
from transferleaf.text.progress import Reporter
from transferleaf.text.wording import counted
from transferleaf.training.callbacks import HEAD, START, BestWeights, SpanningCallbacks
from transferleaf.training.phases.compiling import PhaseCompiler
from transferleaf.training.phases.gradient_phase import GradientPhase
from transferleaf.training.phases.head_phase import solve_phase
from transferleaf.training.phases.phase_inputs import PhaseInputs
from transferleaf.training.phases.trainability import apply_trainability, check_trainability
from transferleaf.training.proof import FreezeProof, frozen_checksums, prove_frozen
from transferleaf.training.resume import FitState, ResumeFolder
from transferleaf.training.resume_hint import resume_hint
from transferleaf.training.time_limit import TimeLimit


class DivergenceWarning(UserWarning):
    """Gradient training ended early, because the loss or the weights became non-finite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRecord:
    """The record of a finished phase.

    Attributes:
        phase: The planned phase.
        seconds: The time of the phase.
        proof: The verification after the phase.
        speeds: Photos per second of each part, as far as measured: ``"decode"``, ``"prefix"`` (the
            frozen stages) and ``"tail"`` (the layers that run in each epoch).
    """

    phase: Phase
    seconds: float
    proof: FreezeProof
    speeds: Mapping[str, float] = field(default_factory=dict)


@dataclass(kw_only=True)
class PlanRun:
    """One run of a plan on one classifier.

    Attributes:
        classifier: The whole network. Callbacks get it as their model.
        backbone: The backbone, which the plan freezes or trains.
        plan: The plan.
        head_start: The initial weights of the head in a gradient phase.
        compiler: How each phase is compiled.
        inputs: The photos and their stored outputs.
        callbacks: The callback list for all phases.
        best: The best epoch.
        reporter: Shows progress.
        resume: The folder for the state after each epoch, if any.
        state: The current state.
        limit: The time limit of the fit.
        spent: Seconds spent on reading the photos. They count for the first phase.
        records: The records of the finished phases.
    """

    classifier: keras.Model
    backbone: Backbone
    plan: FreezePlan
    head_start: HeadStart
    compiler: PhaseCompiler
    inputs: PhaseInputs
    callbacks: SpanningCallbacks
    best: BestWeights
    reporter: Reporter
    resume: ResumeFolder | None
    state: FitState
    limit: TimeLimit
    spent: float = 0.0
    records: list[PhaseRecord] = field(default_factory=list)
    _epochs_run: int = 0

    def run(self) -> None:
        """Run every phase. The classifier then has the best weights of all epochs.

        Raises:
            PlanMismatchError: The weights that would train differ from the plan.
            FrozenWeightsMovedError: A frozen weight changed.
            PhotoError, BadPhotosError: Photos were damaged or removed during training.
            DivergedError: The first epoch had a non-finite loss, and there was no solved head.
            KeyboardInterrupt: The user stopped it.

        With every exception, the classifier has the best weights so far.
        """
        self.classifier.stop_training = False
        self.best.begin(self.classifier.get_weights())
        self._restore()
        begun = False
        try:
            with photo_errors():
                for number, phase in enumerate(self.plan.phases):
                    begun_before = number == self.state.phase and self.state.epoch > 0
                    if number < self.state.phase or (
                        self.classifier.stop_training and not begun_before
                    ):
                        continue
                    self._prepare(phase)
                    if not begun:
                        self.callbacks.start()
                        begun = True
                    self._train(phase)
        except (KeyboardInterrupt, PhotoError, BadPhotosError):
            self.reporter.say(
                f"Interrupted. The classifier has the weights of {self.name_of_best()}."
            )
            if (told := resume_hint(self.resume)) is not None:
                self.reporter.say(told)
            raise
        finally:
            self.best.restore()
            if begun:
                self.callbacks.finish()
                self.best.restore()  # EarlyStopping, for example, may have set other weights
        self._say_if_diverged()

    def _say_if_diverged(self) -> None:
        if self.best.diverged is None:
            return
        found = DivergedError(self.best.diverged + 1)
        if self.best.epoch == START:
            raise found
        warnings.warn(
            f"training diverged in gradient epoch {found.epoch} and stopped: the loss or the "
            "weights are infinite or NaN. The classifier has the weights of "
            f"{self.name_of_best()}. Use a lower learning rate.",
            DivergenceWarning,
            stacklevel=5,  # the caller of fit
        )

    def name_of_best(self) -> str:
        """Return a name for the epoch with the best weights."""
        names = {START: "the start: nothing was trained", HEAD: "the solved head"}
        return names.get(self.best.epoch) or f"gradient epoch {self.best.epoch + 1}"

    @property
    def _epochs_done(self) -> int:
        """Return the number of finished gradient epochs of all phases, as callbacks count them."""
        return sum(phase.epochs for phase in self.plan.phases[: self.state.phase]) + (
            self.state.epoch
        )

    def _prepare(self, phase: Phase) -> None:
        apply_trainability(self.backbone.model, phase.trainable)
        # The flags take effect when the model is compiled.
        with self.classifier.distribute_strategy.scope():
            keras.Model.compile(self.classifier, **self._arguments(phase))
            self.classifier.optimizer.build(self.classifier.trainable_variables)
        check_trainability(phase, self.classifier, self.backbone.model)
        if not self.state.epoch:
            self.state.frozen = frozen_checksums(self.backbone.model)
            self.state.seconds = 0.0 if self.state.phase else self.spent
            # Not inside a phase, because the state of the optimizer is not yet restored.
            self._save()

    def _arguments(self, phase: Phase) -> dict[str, Any]:
        return self.compiler.arguments(
            self.classifier,
            phase,
            backbone=self.backbone.model,
            # A solved head takes no steps, and counting the steps of a stream would read it once
            # more.
            steps=self.inputs.steps_per_epoch if phase.method is Method.GRADIENT else 1,
        )

    def _train(self, phase: Phase) -> None:
        if phase.method is Method.SOLVE:
            began = time.monotonic()
            self._solve()
            self.state.seconds += time.monotonic() - began
        elif self.state.epoch < phase.epochs:
            phase = self._descend(phase)
        proof = prove_frozen(phase, self.backbone.model, self.state.frozen)
        self.records.append(
            PhaseRecord(
                phase=phase,
                seconds=self.state.seconds,
                proof=proof,
                speeds=self._speeds(phase),
            )
        )
        self.state.phase += 1
        self.state.epoch = 0
        self._save()

    def _solve(self) -> None:
        def solve() -> dict[str, float]:
            return solve_phase(
                self.classifier,
                self.inputs.head_inputs(),
                groups=self.inputs.groups,
                leaves=self.inputs.leaves,
                labels=self.compiler.labels,
                class_weight=self.inputs.class_weight,
                reporter=self.reporter,
                stop=lambda: self.limit.is_tight,
            )

        self.callbacks.solve_head(solve)
        if self.plan.gradient_epochs:  # otherwise the progress bar shows it
            results = ", ".join(f"{name} {value:.4f}" for name, value in self.best.logs.items())
            self.reporter.say(f"Solved head: {results}.")

    def _descend(self, phase: Phase) -> Phase:
        """Train with gradients, and return the phase as it was done, possibly with fewer epochs."""
        if self.head_start is HeadStart.ZERO and not self.state.epoch:
            empty_head(self.classifier)
        self.best.descending = True
        earlier = self.plan.phases[: self.state.phase]
        gradient = GradientPhase(
            phase=phase,
            classifier=self.classifier,
            backbone=self.backbone,
            arguments=self._arguments(phase),
            inputs=self.inputs,
            callbacks=self.callbacks,
            reporter=self.reporter,
            state=self.state,
            limit=self.limit,
            earlier_epochs=sum(each.epochs for each in earlier),
            earlier_steps=sum(each.steps for each in earlier),
        )
        for _ in gradient.epochs():
            self._epochs_run += 1
            self._save()
        return gradient.phase

    def _speeds(self, phase: Phase) -> dict[str, float]:
        speeds = self.inputs.prefix.take_speeds()
        photos, seconds = self.inputs.train.photos, self.callbacks.train_seconds
        if phase.method is Method.GRADIENT and photos and seconds:
            speeds["tail"] = photos * self._epochs_run / seconds
        return speeds

    def _restore(self) -> None:
        """Restore the weights and the best epoch of an interrupted run."""
        state = self.state
        if not state.weights:
            return
        self.classifier.set_weights(state.weights)
        self.classifier.stop_training = state.stopped
        if state.best_epoch != START:
            self._recall_best()
        self.callbacks.recall(state.history, state.head_logs)
        self.records = [
            PhaseRecord(
                phase=phase,
                seconds=record["seconds"],
                proof=FreezeProof(**record["proof"]),
                speeds=record["speeds"],
            )
            for phase, record in zip(self.plan.phases, state.records, strict=False)
        ]
        if state.phase == len(self.plan.phases):
            apply_trainability(self.backbone.model, self.plan.phases[-1].trainable)
            self.reporter.say("This fit is already finished. Its weights are restored.")
        else:
            after = counted(self._epochs_done, "epoch") if self._epochs_done else "the solved head"
            self.reporter.say(f"Continuing after {after}.")
        state.weights, state.best_weights = [], []

    def _recall_best(self) -> None:
        state, best = self.state, self.best
        best.epoch, best.logs, best.weights = state.best_epoch, state.best_logs, state.best_weights
        best.leader, best.leader_logs = state.leader, state.leader_logs

    def _save(self) -> None:
        if self.resume is None:
            return
        optimizer = self.classifier.optimizer
        self.resume.save(
            replace(
                self.state,
                stopped=bool(self.classifier.stop_training),
                records=[
                    {
                        "seconds": record.seconds,
                        "proof": asdict(record.proof),
                        "speeds": dict(record.speeds),
                    }
                    for record in self.records
                ],
                history=self.callbacks.history.history,
                head_logs=self.callbacks.history.head,
                best_epoch=self.best.epoch,
                best_logs=self.best.logs,
                leader=self.best.leader,
                leader_logs=self.best.leader_logs,
                weights=self.classifier.get_weights(),
                optimizer=[variable.numpy() for variable in optimizer.variables],
                best_weights=self.best.weights if self.best.epoch != START else [],
            )
        )
