"""Layer names that do not depend on the number of networks built before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from transferleaf.backbones.spec import KerasModel


def number_anew(model: KerasModel) -> KerasModel:
    """Renumber the automatic layer names of a functional model, in place.

    Keras numbers unnamed layers over the whole process, so a layer is ``add_2`` in one build and
    ``add_19`` in the next, and a ``Stage`` could not name it. For builders of backbones.

    Args:
        model: A functional model. No other object may refer to its layers by name.

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
    """Return names for the layers inside a composite layer, from class and position.

    Their own names are not stable: a composite layer creates its children again when it is loaded,
    and the names then contain a counter of the process.

    >>> child_names([1.5, "a", 2.5])
    ['float', 'str', 'float_1']
    """
    counts: Counter[str] = Counter()
    return [_numbered(type(child).__name__.lower(), counts) for child in children]


def _automatic_stem(operation: Any) -> str | None:
    # Keras derives "re_lu_3" from the class ReLU. Removing the number needs no copy of its rule.
    stem = re.sub(r"_\d+$", "", operation.name)
    return stem if stem.replace("_", "") == type(operation).__name__.lower() else None


def _numbered(stem: str, counts: Counter[str]) -> str:
    counts[stem] += 1
    return stem if counts[stem] == 1 else f"{stem}_{counts[stem] - 1}"
