"""Training curves as a figure, with training and validation in one plot per metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from transferleaf.errors import ConfigError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_VALIDATION = "val_"


def plot_history(history: Any) -> Figure:
    """Plot loss and metrics by epoch. A notebook displays the figure.

    Args:
        history: The result of ``fit``, or its ``history`` dictionary.

    Returns:
        A matplotlib figure with one plot per metric. Epoch 0 is the solved head.

    Raises:
        ConfigError: The history has no epochs.

    >>> len(plot_history({"loss": [0.9, 0.5], "val_loss": [1.0, 0.7]}).axes)
    1
    """
    from matplotlib.figure import Figure

    values: Mapping[str, Sequence[float]] = getattr(history, "history", history)
    if not isinstance(values, Mapping) or not any(map(len, values.values())):
        raise ConfigError("history", type(history).__name__, "be the result of fit")
    names = [name for name in values if not name.startswith(_VALIDATION)]
    figure = Figure(figsize=(4.6 * len(names), 3.2), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        axes.plot(values[name], marker="o", label="training")
        if len(values.get(_VALIDATION + name, ())):
            axes.plot(values[_VALIDATION + name], marker="s", label="validation")
        axes.set(xlabel="epoch", ylabel=name.replace("_", " "))
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend()
    return figure
