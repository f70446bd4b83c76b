"""Names of layers that stay the same however many networks a process has built."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from transferleaf.backbones.spec import KerasModel


def number_anew(model: KerasModel) -> KerasModel:
    """Number a functional model's automatically named layers from its own start, in place.

    Keras counts unnamed layers over the whole process, so what one build calls ``add_2`` the next
    calls ``add_19``, and a ``Stage`` could not say where it ends. For builders of backbones.

    Args:
        model: A functional model of your own; nothing else may refer to its layers by name.

    Returns:
        The same model.
    """
    counts: Counter[str] = Counter()
    for operation in model.operations:
        stem = _automatic_stem(operation)
        if stem is not None:
            operation.name = _numbered(stem, counts)
    return model


def child_names(children: Iterable[Any]) -> list[str]:
    """Name the layers inside a composite layer by their class and position.

    Their own names will not do: a composite layer makes its children anew when it is loaded, and
    they are then named by the process's counters.

    >>> child_names([1.5, "a", 2.5])
    ['float', 'str', 'float_1']
    """
    counts: Counter[str] = Counter()
    return [_numbered(type(child).__name__.lower(), counts) for child in children]


def _automatic_stem(operation: Any) -> str | None:
    # Keras makes "re_lu_3" of the class ReLU; undoing it needs no copy of its rule.
    stem = re.sub(r"_\d+$", "", operation.name)
    return stem if stem.replace("_", "") == type(operation).__name__.lower() else None


def _numbered(stem: str, counts: Counter[str]) -> str:
    counts[stem] += 1
    return stem if counts[stem] == 1 else f"{stem}_{counts[stem] - 1}"
