"""Discriminative learning rates: optimizers whose step is a multiple of the rate, per variable.

The multiple applies to the update, not to the gradient: Adam divides by the gradient's size, which
would undo a scaled gradient. Each variable moves as under an optimizer of its own whose learning
rate is ``learning_rate * multiplier``, momentum and decoupled weight decay included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import keras

from transferleaf.errors import ConfigError


def unique_paths(variables: Sequence[Any]) -> list[str]:
    """Name variables by their paths; of equal paths, as nested models have, later ones are counted.

    Returns:
        A name for each variable, such as ``"conv/kernel"`` and ``"conv/kernel#2"``.
    """
    seen: Counter[str] = Counter()
    names = []
    for variable in variables:
        seen[variable.path] += 1
        count = seen[variable.path]
        names.append(variable.path if count == 1 else f"{variable.path}#{count}")
    return names


class _DiscriminativeRates:
    """What the optimizers below share: a multiple of the rate for each variable.

    A mixin, against this project's habit: an optimizer that wraps another would have to repeat
    Keras' bookkeeping of slots, clipping, averaging and distribution, which changes with releases.
    """

    multipliers: dict[str, float]

    def build(self, variables: list[Any]) -> None:
        """Note each variable's multiple, by its position; called by Keras."""
        paths = unique_paths(variables)
        unknown = self.multipliers.keys() - set(paths)
        if unknown:
            must = "name trainable variables of the model by their paths"
            raise ConfigError("multipliers", sorted(unknown)[:3], must)
        self._rates = [self.multipliers.get(path, 1.0) for path in paths]
        super().build(variables)  # type: ignore[misc]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Move ``variable`` one step at its own rate; called by Keras."""
        optimizer: Any = self
        rate = learning_rate * self._rates[optimizer._get_variable_index(variable)]
        if optimizer.weight_decay is not None and optimizer._use_weight_decay(variable):
            shrink = keras.ops.cast(rate * optimizer.weight_decay, variable.dtype)
            optimizer.assign_sub(variable, keras.ops.multiply(variable, shrink))
        super().update_step(gradient, variable, rate)  # type: ignore[misc]

    def _apply_weight_decay(self, variables: list[Any]) -> None:
        # Keras would decay every variable at one common rate; update_step does it at its own.
        pass

    def get_config(self) -> dict[str, Any]:
        """Return what the constructor takes."""
        return {**super().get_config(), "multipliers": dict(self.multipliers)}  # type: ignore[misc]


@keras.saving.register_keras_serializable("transferleaf")
class DiscriminativeAdam(_DiscriminativeRates, keras.optimizers.Adam):
    """Adam with a multiple of the learning rate for each variable.

    Args:
        multipliers: Path of a variable, see ``unique_paths``, to multiple; 1 where it is not named.
        **options: What ``keras.optimizers.Adam`` takes.
    """

    def __init__(self, *, multipliers: Mapping[str, float], **options: Any) -> None:
        super().__init__(**options)
        self.multipliers = dict(multipliers)


@keras.saving.register_keras_serializable("transferleaf")
class DiscriminativeAdamW(_DiscriminativeRates, keras.optimizers.AdamW):
    """AdamW with a multiple of the learning rate for each variable, weight decay included.

    Args:
        multipliers: Path of a variable, see ``unique_paths``, to multiple; 1 where it is not named.
        **options: What ``keras.optimizers.AdamW`` takes.
    """

    def __init__(self, *, multipliers: Mapping[str, float], **options: Any) -> None:
        super().__init__(**options)
        self.multipliers = dict(multipliers)


@keras.saving.register_keras_serializable("transferleaf")
class DiscriminativeSGD(_DiscriminativeRates, keras.optimizers.SGD):
    """SGD, momentum included, with a multiple of the learning rate for each variable.

    Args:
        multipliers: Path of a variable, see ``unique_paths``, to multiple; 1 where it is not named.
        **options: What ``keras.optimizers.SGD`` takes.
    """

    def __init__(self, *, multipliers: Mapping[str, float], **options: Any) -> None:
        super().__init__(**options)
        self.multipliers = dict(multipliers)


_WITH_RATES: dict[Any, Any] = {
    keras.optimizers.Adam: DiscriminativeAdam,
    keras.optimizers.AdamW: DiscriminativeAdamW,
    keras.optimizers.SGD: DiscriminativeSGD,
}


def with_rates(
    optimizer: keras.optimizers.Optimizer, multipliers: Mapping[str, float]
) -> keras.optimizers.Optimizer:
    """Return a fresh optimizer like ``optimizer`` whose steps are scaled per variable.

    Args:
        optimizer: An optimizer, whose own state is left alone.
        multipliers: Path of a variable, see ``unique_paths``, to multiple of the learning rate.
            Where all are 1, the answer is a plain copy of ``optimizer``.

    Raises:
        ConfigError: The optimizer is none that can scale its steps per variable.
    """
    # Under mixed precision Keras wraps what compile() is given, and will again.
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    fresh = _fresh(optimizer, multipliers)
    # Which variables do not decay is no part of the config.
    for name in ("_exclude_from_weight_decay", "_exclude_from_weight_decay_pattern"):
        if hasattr(optimizer, name):
            setattr(fresh, name, getattr(optimizer, name))
    return fresh


def _fresh(
    optimizer: keras.optimizers.Optimizer, multipliers: Mapping[str, float]
) -> keras.optimizers.Optimizer:
    config = optimizer.get_config()
    if isinstance(optimizer._learning_rate, keras.optimizers.schedules.LearningRateSchedule):
        # The schedule itself: a class of the user's need not be registered with Keras.
        config["learning_rate"] = optimizer._learning_rate
    scaled = {path: rate for path, rate in multipliers.items() if rate != 1.0}
    kind = type(optimizer)
    if not scaled:
        config.pop("multipliers", None)
        return _plain_kind(kind).from_config(config)
    if kind not in _WITH_RATES and kind not in _WITH_RATES.values():
        supported = ", ".join(sorted(plain.__name__ for plain in _WITH_RATES))
        must = f"be one of {supported} where a policy gives stages different rates"
        raise ConfigError("optimizer", kind.__name__, must)
    return _WITH_RATES.get(kind, kind).from_config({**config, "multipliers": scaled})


def _plain_kind(kind: Any) -> Any:
    plain = {scaled: kind for kind, scaled in _WITH_RATES.items()}
    return plain.get(kind, kind)
