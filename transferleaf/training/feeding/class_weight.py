"""How much each class counts: told by the user, or the inverse of how many photos it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from transferleaf.datasets.imbalance import class_weights
from transferleaf.datasets.photos.errors import photo_errors
from transferleaf.errors import ConfigError
from transferleaf.head.space import Floats
from transferleaf.training.feeding.feeds import Feed

ClassWeight = Mapping[int, float] | Literal["balanced"] | None


def checked_class_weight(wanted: ClassWeight, train: Feed, n_classes: int) -> Floats | None:
    """Return the weight of each class, shape ``(n_classes,)``; ``None`` where all count alike.

    Raises:
        ConfigError: ``wanted`` is of another kind, or names a class that there is not.
    """
    if wanted is None:
        return None
    if wanted == "balanced":
        with photo_errors():
            counts = train.class_counts(n_classes)
        return class_weights(counts.tolist()).astype(np.float32)
    if not isinstance(wanted, Mapping):
        raise ConfigError("class_weight", wanted, 'be "balanced", None or class number to weight')
    for label, weight in wanted.items():
        if label not in range(n_classes) or not weight >= 0:
            must = f"give class numbers in [0, {n_classes}) weights of at least 0"
            raise ConfigError("class_weight", {label: weight}, must)
    return np.array([wanted.get(label, 1.0) for label in range(n_classes)], np.float32)
