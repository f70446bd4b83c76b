"""How a phase is compiled: with the policy's optimizer and schedule, or with the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import keras

from transferleaf.backbones.backbone import weighted_layers
from transferleaf.datasets.feeding import LabelForm
from transferleaf.freezing import FreezePlan, FreezePolicy, Phase
from transferleaf.training.optimizers import with_rates


class PhaseCompiler(Protocol):
    """Compiles a classifier for a phase, after its ``trainable`` flags are set."""

    @property
    def labels(self) -> LabelForm:
        """The form of labels that the loss takes."""

    def compile(
        self, model: keras.Model, phase: Phase, *, backbone: keras.Model, steps: int
    ) -> None:
        """Compile ``model`` for ``phase``, which takes ``steps`` batches an epoch."""

    def check(self, plan: FreezePlan) -> None:
        """Raise ``ConfigError`` where the optimizer cannot do what ``plan`` asks for."""

    def finish(self, model: keras.Model) -> None:
        """Compile ``model`` for use, after training or instead of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCompiler:
    """AdamW under a warm-up and a cosine, cross-entropy and accuracy, as the policy says.

    Attributes:
        policy: Rates, decay, warm-up and label smoothing.
        labels: Class shares, which mixing augmentations and label smoothing need.
    """

    policy: FreezePolicy
    labels: LabelForm = "one-hot"

    def compile(
        self, model: keras.Model, phase: Phase, *, backbone: keras.Model, steps: int
    ) -> None:
        """Compile ``model`` for ``phase``, which takes ``steps`` batches an epoch."""
        optimizer = keras.optimizers.AdamW(
            learning_rate=self._schedule(phase, steps), weight_decay=self.policy.weight_decay
        )
        optimizer = with_rates(optimizer, variable_rates(model, backbone, phase))
        # Biases and the scales of normalisations have no reason to shrink.
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        keras.Model.compile(
            model,
            optimizer=optimizer,
            loss=keras.losses.CategoricalCrossentropy(label_smoothing=self.policy.label_smoothing),
            metrics=["accuracy"],
        )

    def check(self, plan: FreezePlan) -> None:
        """Accept every plan: AdamW can do them all."""

    def finish(self, model: keras.Model) -> None:
        """Compile ``model`` for use: no smoothing, and no optimizer state to carry in its file."""
        keras.Model.compile(
            model,
            optimizer=keras.optimizers.AdamW(
                learning_rate=self.policy.learning_rate, weight_decay=self.policy.weight_decay
            ),
            loss="categorical_crossentropy",
            metrics=["accuracy"],
        )

    def _schedule(self, phase: Phase, steps: int) -> Any:
        peak = phase.learning_rate or self.policy.learning_rate
        warmup = min(round(self.policy.warmup_epochs * steps), phase.epochs * steps - 1)
        falling = max(1, phase.epochs * steps - max(warmup, 0))
        if warmup < 1:
            return keras.optimizers.schedules.CosineDecay(peak, falling)
        return keras.optimizers.schedules.CosineDecay(
            0.0, falling, warmup_target=peak, warmup_steps=warmup
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCompiler:
    """What the user gave to ``compile``; only the rates of stages are the policy's.

    Attributes:
        arguments: The arguments of the user's ``compile`` call.
        optimizer: The optimizer it led to; each phase gets a fresh copy.
        labels: The form of labels that the user's loss takes.
    """

    arguments: dict[str, Any]
    optimizer: keras.optimizers.Optimizer
    labels: LabelForm

    def compile(
        self, model: keras.Model, phase: Phase, *, backbone: keras.Model, steps: int
    ) -> None:
        """Compile ``model`` for ``phase`` with a copy of the user's optimizer."""
        optimizer = with_rates(self.optimizer, variable_rates(model, backbone, phase))
        keras.Model.compile(model, **{**self.arguments, "optimizer": optimizer})

    def check(self, plan: FreezePlan) -> None:
        """Raise ``ConfigError`` where the user's optimizer cannot do what ``plan`` asks for."""
        for phase in plan.phases:
            with_rates(self.optimizer, {**phase.rates, "head": phase.head_rate})

    def finish(self, model: keras.Model) -> None:
        """Leave ``model`` compiled as the user did."""
        keras.Model.compile(model, **{**self.arguments, "optimizer": self.optimizer})


def variable_rates(model: keras.Model, backbone: keras.Model, phase: Phase) -> dict[str, float]:
    """Multiple of the learning rate for each trainable variable, by the variable's path."""
    rates = {
        weight.path: phase.rates[path]
        for path, layer in weighted_layers(backbone)
        for weight in layer.trainable_weights
    }
    inside = {id(weight) for weight in backbone.weights}
    head = (weight for weight in model.trainable_weights if id(weight) not in inside)
    return {**rates, **{weight.path: phase.head_rate for weight in head}}


def labels_of_loss(loss: Any) -> LabelForm:
    """Tell which form of labels a user's loss takes: class shares unless it is a sparse one."""
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    return "sparse" if name.lower().startswith("sparse") else "one-hot"
