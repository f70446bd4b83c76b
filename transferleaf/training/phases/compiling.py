"""How a phase is compiled: with the policy's optimizer and schedule, or with the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import keras

from transferleaf.backbones.backbone import weighted_layers
from transferleaf.datasets.feeding import LabelForm
from transferleaf.errors import ConfigError
from transferleaf.freezing import FreezePlan, FreezePolicy, Phase
from transferleaf.training.phases.optimizers import unique_paths, with_rates
from transferleaf.training.phases.schedules import WarmupCosine


class PhaseCompiler(Protocol):
    """Says how a classifier is compiled for a phase, after its ``trainable`` flags are set.

    Without XLA, unless a user asks for it: on CPUs it makes depthwise networks many times slower
    (``benchmarks/speed`` tries it for plain Keras), and compiling takes long.
    """

    @property
    def labels(self) -> LabelForm:
        """The form of labels that the loss takes."""

    def arguments(
        self, model: keras.Model, phase: Phase, *, backbone: keras.Model, steps: int
    ) -> dict[str, Any]:
        """What to compile ``model`` with for ``phase``, which takes ``steps`` batches an epoch."""

    def settings(self) -> dict[str, Any] | None:
        """What a resumed fit must have in common, as plain values; ``None``: the policy alone."""

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

    def arguments(
        self, model: keras.Model, phase: Phase, *, backbone: keras.Model, steps: int
    ) -> dict[str, Any]:
        """What to compile ``model`` with for ``phase``, which takes ``steps`` batches an epoch."""
        optimizer = keras.optimizers.AdamW(
            learning_rate=self._schedule(phase, steps), weight_decay=self.policy.weight_decay
        )
        optimizer = with_rates(optimizer, variable_rates(model, backbone, phase))
        # Biases and the scales of normalisations have no reason to shrink.
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        smoothing = self.policy.label_smoothing
        return {
            "optimizer": optimizer,
            "loss": keras.losses.CategoricalCrossentropy(label_smoothing=smoothing),
            "metrics": ["accuracy"],
            "jit_compile": False,
        }

    def settings(self) -> dict[str, Any] | None:
        """Nothing beside the policy."""
        return None

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

    def _schedule(self, phase: Phase, steps: int) -> WarmupCosine:
        peak = phase.learning_rate or self.policy.learning_rate
        total = max(1, phase.epochs * steps)
        warmup = min(round(self.policy.warmup_epochs * steps), total - 1)
        return WarmupCosine(peak, steps=total, warmup_steps=warmup)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCompiler:
    """What the user gave to ``compile``; only the rates of stages are the policy's.

    Attributes:
        given: The arguments of the user's ``compile`` call.
        optimizer: The optimizer it led to; each phase gets a fresh copy.
        labels: The form of labels that the user's loss takes.
    """

    given: dict[str, Any]
    optimizer: keras.optimizers.Optimizer
    labels: LabelForm

    @classmethod
    def of(cls, given: dict[str, Any], optimizer: keras.optimizers.Optimizer) -> UserCompiler:
        """Take what the user gave; the loss tells the form of labels."""
        return cls(given=given, optimizer=optimizer, labels=_labels_of_loss(given["loss"]))

    def arguments(
        self, model: keras.Model, phase: Phase, *, backbone: keras.Model, steps: int
    ) -> dict[str, Any]:
        """What the user gave to ``compile``, with a copy of the optimizer."""
        optimizer = with_rates(self.optimizer, variable_rates(model, backbone, phase))
        return {"jit_compile": False, **self.given, "optimizer": optimizer}

    def settings(self) -> dict[str, Any] | None:
        """The optimizer's configuration and the loss."""
        config = self.optimizer.get_config()
        del config["name"]  # numbered through the process
        kind = type(self.optimizer).__name__
        return {"optimizer": kind, **config, "loss": _name(self.given["loss"])}

    def check(self, plan: FreezePlan) -> None:
        """Raise ``ConfigError`` where the user's optimizer cannot do what ``plan`` asks for."""
        inner = getattr(self.optimizer, "inner_optimizer", self.optimizer)
        if getattr(inner, "use_ema", False):
            must = "be False: epochs are judged, and resumed, by the weights themselves"
            raise ConfigError("use_ema", True, must)
        for phase in plan.phases:
            with_rates(self.optimizer, {**phase.rates, "head": phase.head_rate})

    def finish(self, model: keras.Model) -> None:
        """Leave ``model`` compiled as the user did."""
        keras.Model.compile(model, **{**self.given, "optimizer": self.optimizer})


def variable_rates(model: keras.Model, backbone: keras.Model, phase: Phase) -> dict[str, float]:
    """Multiple of the learning rate for each trainable variable, by the variable's unique path."""
    rates = {
        id(weight): phase.rates[path]
        for path, layer in weighted_layers(backbone)
        for weight in layer.trainable_weights
    }
    weights = model.trainable_weights
    return {
        path: rates.get(id(weight), phase.head_rate)
        for path, weight in zip(unique_paths(weights), weights, strict=True)
    }


def _labels_of_loss(loss: Any) -> LabelForm:
    """Tell which form of labels a user's loss takes: class shares unless it is a sparse one."""
    return "sparse" if _name(loss).lower().startswith("sparse") else "one-hot"


def _name(loss: Any) -> str:
    return loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
