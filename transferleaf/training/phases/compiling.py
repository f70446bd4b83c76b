"""Compilation of a phase with the optimizer and schedule of the policy or of the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import keras

from transferleaf.backbones.backbone import weighted_layers
from transferleaf.datasets.feeding import LabelForm
from transferleaf.errors import ConfigError
from transferleaf.freezing import FreezePlan, FreezePolicy, Phase
from transferleaf.training.phases.optimizers import (
    config_of,
    unique_paths,
    unwrapped,
    with_rates,
)
from transferleaf.training.phases.schedules import WarmupCosine


class PhaseCompiler(Protocol):
    """Compiles a classifier for a phase, after its ``trainable`` flags are set.

    XLA is off unless the user asks for it. On CPUs, it makes depthwise networks many times slower
    (``benchmarks/speed`` measures it for plain Keras), and it takes long to compile.
    """

    @property
    def labels(self) -> LabelForm:
        """The form of labels that the loss takes."""

    def arguments(
        self, model: keras.Model, phase: Phase, *, backbone: keras.Model, steps: int
    ) -> dict[str, Any]:
        """Return the ``compile`` arguments for ``phase``, which has ``steps`` batches per epoch."""

    def settings(self) -> dict[str, Any] | None:
        """Return the settings that a resumed fit must share. ``None``: only those of the policy."""

    def check(self, plan: FreezePlan) -> None:
        """Raise ``ConfigError`` if the optimizer does not support ``plan``."""

    def finish(self, model: keras.Model) -> None:
        """Compile ``model`` for use after training or without training."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCompiler:
    """Compiles AdamW with warm-up and cosine decay, cross-entropy and accuracy.

    Attributes:
        policy: Sets the learning rates, weight decay, warm-up and label smoothing.
        labels: Class distributions, which mixing augmentations and label smoothing require.
    """

    policy: FreezePolicy
    labels: LabelForm = "one-hot"

    def arguments(
        self, model: keras.Model, phase: Phase, *, backbone: keras.Model, steps: int
    ) -> dict[str, Any]:
        """Return the ``compile`` arguments for ``phase``, which has ``steps`` batches per epoch."""
        optimizer = keras.optimizers.AdamW(
            learning_rate=self._schedule(phase, steps), weight_decay=self.policy.weight_decay
        )
        optimizer = with_rates(optimizer, variable_rates(model, backbone, phase))
        # No weight decay for biases and normalisation parameters.
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        smoothing = self.policy.label_smoothing
        return {
            "optimizer": optimizer,
            "loss": keras.losses.CategoricalCrossentropy(label_smoothing=smoothing),
            "metrics": ["accuracy"],
            "jit_compile": False,
        }

    def settings(self) -> dict[str, Any] | None:
        """Return ``None``: there are no settings besides the policy."""
        return None

    def check(self, plan: FreezePlan) -> None:
        """Accept every plan, because AdamW supports all of them."""

    def finish(self, model: keras.Model) -> None:
        """Compile ``model`` without label smoothing and without optimizer state in its file."""
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
    """Compiles with the user's ``compile`` arguments and the stage multipliers of the policy.

    Attributes:
        given: The arguments of the user's ``compile`` call.
        optimizer: The resulting optimizer. Each phase gets a new copy.
        labels: The form of labels of the user's loss.
    """

    given: dict[str, Any]
    optimizer: keras.optimizers.Optimizer
    labels: LabelForm

    @classmethod
    def of(cls, given: dict[str, Any], optimizer: keras.optimizers.Optimizer) -> UserCompiler:
        """Create it from the user's arguments. The loss determines the form of the labels.

        Raises:
            ConfigError: There is no loss.
        """
        if given["loss"] is None:
            must = "be a Keras loss; leave it out of compile(...) to use cross-entropy"
            raise ConfigError("loss", None, must)
        return cls(given=given, optimizer=optimizer, labels=_labels_of_loss(given["loss"]))

    def arguments(
        self, model: keras.Model, phase: Phase, *, backbone: keras.Model, steps: int
    ) -> dict[str, Any]:
        """Return the user's arguments, with a copy of the optimizer."""
        optimizer = with_rates(self.optimizer, variable_rates(model, backbone, phase))
        return {"jit_compile": False, **self.given, "optimizer": optimizer}

    def settings(self) -> dict[str, Any] | None:
        """Return the configuration of the optimizer and the loss."""
        try:
            config = self.optimizer.get_config()
        except NotImplementedError:  # a schedule of the user without get_config
            config = config_of(unwrapped(self.optimizer))
            config["learning_rate"] = type(config["learning_rate"]).__qualname__
        del config["name"]  # contains a counter of the process
        kind = type(self.optimizer).__name__
        return {"optimizer": kind, **config, "loss": _name(self.given["loss"])}

    def check(self, plan: FreezePlan) -> None:
        """Raise ``ConfigError`` if the user's optimizer does not support ``plan``."""
        if getattr(unwrapped(self.optimizer), "use_ema", False):
            must = "be False: epochs are validated and resumed with the weights themselves"
            raise ConfigError("use_ema", True, must)
        for phase in plan.phases:
            with_rates(self.optimizer, {**phase.rates, "head": phase.head_rate})

    def finish(self, model: keras.Model) -> None:
        """Compile ``model`` as the user did."""
        keras.Model.compile(model, **{**self.given, "optimizer": self.optimizer})


def variable_rates(model: keras.Model, backbone: keras.Model, phase: Phase) -> dict[str, float]:
    """Return the learning-rate multiplier of each trainable variable, by unique path."""
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
    """Return the form of labels for a loss: class indices if its name begins with "sparse"."""
    return "sparse" if _name(loss).lower().startswith("sparse") else "one-hot"


def _name(loss: Any) -> str:
    return loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
