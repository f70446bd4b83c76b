"""Class weights: given by the user, or inversely proportional to the class frequencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from transferleaf.datasets.imbalance import class_weights
from transferleaf.errors import ConfigError, Found
from transferleaf.head.space import Floats
from transferleaf.training.feeding.feeds import LARGEST_WEIGHT, Feed
from transferleaf.training.feeding.pixel_values import plain_array

ClassWeight = Mapping[int, float] | Sequence[float] | NDArray[Any] | Literal["balanced"] | None


def checked_class_weight(wanted: ClassWeight, train: Feed, n_classes: int) -> Floats | None:
    """Return the weight of each class, shape ``(n_classes,)``, or ``None`` if all are equal.

    Raises:
        ConfigError: ``wanted`` has another type, contains an unknown class, or leaves no photo with
            a positive weight.
    """
    if wanted is None:
        return None
    if isinstance(wanted, str) and wanted == "balanced":
        return class_weights(train.class_counts(n_classes).tolist()).astype(np.float32)
    weights = _weight_of_each(wanted, n_classes)
    if (
        train.indexed is not None
        and not (train.indexed.targets @ weights * train.indexed.weights).any()
    ):
        raise ConfigError(
            "class_weight", wanted, "give at least one training photo a weight above 0"
        )
    return weights


def _weight_of_each(wanted: Any, n_classes: int) -> Floats:
    if isinstance(wanted, Mapping):
        by_class = dict(wanted)
    elif plain_array(wanted, "class_weight").shape == (n_classes,):
        by_class = dict(enumerate(np.asarray(wanted).tolist()))
    else:
        must = (
            f'be "balanced", None, a dictionary from class index to weight, or {n_classes} weights'
        )
        shown = Found(f"shape {wanted.shape}") if isinstance(wanted, np.ndarray) else wanted
        raise ConfigError("class_weight", shown, must)
    for label, weight in by_class.items():
        if label not in range(n_classes) or not _is_weight(weight):
            must = f"map class indices in [0, {n_classes}) to finite weights of at least 0"
            raise ConfigError("class_weight", {label: weight}, must)
    return np.array([by_class.get(label, 1.0) for label in range(n_classes)], np.float32)


def _is_weight(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and bool(0 <= value <= LARGEST_WEIGHT)
