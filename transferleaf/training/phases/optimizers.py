"""Optimizers with discriminative learning rates: one multiplier of the rate per variable.

The multiplier applies to the update, not to the gradient, because Adam divides by the size of the
gradient and so would cancel it. Each variable moves as with its own optimizer with the learning
rate ``learning_rate * multiplier``, including momentum and decoupled weight decay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import keras

from transferleaf.errors import ConfigError


def unique_paths(variables: Sequence[Any]) -> list[str]:
    """Return unique names of variables: their paths, with a counter if paths are equal.

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
    """The code that the optimizers below share: a multiplier of the rate per variable.

    This is a mixin, unlike elsewhere in this project. An optimizer that wraps another one would
    repeat the bookkeeping of Keras (slots, clipping, averaging, distribution), which changes
    between releases.
    """

    multipliers: dict[str, float]

    def build(self, variables: list[Any]) -> None:
        """Store the multiplier of each variable by index. Called by Keras."""
        paths = unique_paths(variables)
        unknown = self.multipliers.keys() - set(paths)
        if unknown:
            must = "name trainable variables of the model by their paths"
            raise ConfigError("multipliers", sorted(unknown)[:3], must)
        self._rates = [self.multipliers.get(path, 1.0) for path in paths]
        super().build(variables)  # type: ignore[misc]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update ``variable`` with its own learning rate. Called by Keras."""
        optimizer: Any = self
        rate = learning_rate * self._rates[optimizer._get_variable_index(variable)]
        if optimizer.weight_decay is not None and optimizer._use_weight_decay(variable):
            shrink = keras.ops.cast(rate * optimizer.weight_decay, variable.dtype)
            optimizer.assign_sub(variable, keras.ops.multiply(variable, shrink))
        super().update_step(gradient, variable, rate)  # type: ignore[misc]

    def _apply_weight_decay(self, variables: list[Any]) -> None:
        # Keras would decay all variables at one rate. update_step uses the rate of each variable.
        pass

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "multipliers": dict(self.multipliers)}  # type: ignore[misc]


@keras.saving.register_keras_serializable("transferleaf")
class DiscriminativeAdam(_DiscriminativeRates, keras.optimizers.Adam):
    """Adam with a learning-rate multiplier for each variable.

    Args:
        multipliers: The multiplier by path of the variable, see ``unique_paths``. Default: 1.
        **options: Arguments of ``keras.optimizers.Adam``.
    """

    def __init__(self, *, multipliers: Mapping[str, float], **options: Any) -> None:
        super().__init__(**options)
        self.multipliers = dict(multipliers)


@keras.saving.register_keras_serializable("transferleaf")
class DiscriminativeAdamW(_DiscriminativeRates, keras.optimizers.AdamW):
    """AdamW with a learning-rate multiplier for each variable, including weight decay.

    Args:
        multipliers: The multiplier by path of the variable, see ``unique_paths``. Default: 1.
        **options: Arguments of ``keras.optimizers.AdamW``.
    """

    def __init__(self, *, multipliers: Mapping[str, float], **options: Any) -> None:
        super().__init__(**options)
        self.multipliers = dict(multipliers)


@keras.saving.register_keras_serializable("transferleaf")
class DiscriminativeSGD(_DiscriminativeRates, keras.optimizers.SGD):
    """SGD, including momentum, with a learning-rate multiplier for each variable.

    Args:
        multipliers: The multiplier by path of the variable, see ``unique_paths``. Default: 1.
        **options: Arguments of ``keras.optimizers.SGD``.
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
    """Return a new optimizer like ``optimizer`` with a learning-rate multiplier for each variable.

    Args:
        optimizer: An optimizer. Its state does not change.
        multipliers: The multiplier by path of the variable, see ``unique_paths``. If all are 1, the
            result is a plain copy of ``optimizer``.

    Raises:
        ConfigError: The optimizer does not support multipliers.
    """
    optimizer = unwrapped(optimizer)  # Keras would wrap it again
    fresh = _fresh(optimizer, multipliers)
    # The config does not contain the variables without weight decay.
    for name in ("_exclude_from_weight_decay", "_exclude_from_weight_decay_pattern"):
        if hasattr(optimizer, name):
            setattr(fresh, name, getattr(optimizer, name))
    return fresh


def unwrapped(optimizer: Any) -> Any:
    """Return the optimizer of the user. With mixed precision, Keras wraps it in ``compile``."""
    return getattr(optimizer, "inner_optimizer", optimizer)


def config_of(optimizer: keras.optimizers.Optimizer) -> dict[str, Any]:
    """Return the arguments of an optimizer, with the object of a schedule or callable rate.

    Keras would serialise it, which fails for functions and for schedules without ``get_config``.
    """
    rate = optimizer._learning_rate
    if isinstance(rate, keras.Variable) or not callable(rate):
        return optimizer.get_config()
    optimizer._learning_rate = 0.0
    try:
        return {**optimizer.get_config(), "learning_rate": rate}
    finally:
        optimizer._learning_rate = rate


def _fresh(
    optimizer: keras.optimizers.Optimizer, multipliers: Mapping[str, float]
) -> keras.optimizers.Optimizer:
    config = config_of(optimizer)
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
