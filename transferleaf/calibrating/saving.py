"""Saving of a calibration: as numbers in the config, and with the class means as weights.

The config shows that there is a calibration. The values saved with the weights are used, so that
class means and temperature always belong to the same calibration.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from transferleaf.calibrating.calibration import Calibration
from transferleaf.calibrating.class_means import ClassMeans

_MEANS = "class_means"
_NUMBERS = "calibration"


def calibration_in(config: dict[str, Any]) -> Calibration | None:
    """Return the calibration in a saved config. Files of the first version have none."""
    values = config.get("calibration")
    return None if values is None else Calibration.from_dict(values)


def save_class_means(classifier: Any, store: Any) -> None:
    """Save the class means of a ``TransferClassifier``. Called by Keras when a file is saved.

    They are not Keras variables, because these would be frozen, verified and exported. A classifier
    has no weights except those of its layers, so this place is free.
    """
    if classifier.class_means is not None and classifier.calibration is not None:
        store[_MEANS] = classifier.class_means.means
        numbers = json.dumps(classifier.calibration.to_dict()).encode("ascii")
        store[_NUMBERS] = np.frombuffer(numbers, np.uint8)


def load_class_means(classifier: Any, store: Any) -> None:
    """Load the class means that ``save_class_means`` saved. Called by Keras when a file is loaded.

    If the weights have no temperature or another one, the previous calibration is reset.
    """
    classifier.class_means = classifier.calibration = None
    if _NUMBERS in store.keys():  # noqa: SIM118
        numbers = np.asarray(store[_NUMBERS], np.uint8).tobytes()
        classifier.calibration = Calibration.from_dict(json.loads(numbers))
        classifier.class_means = ClassMeans(np.asarray(store[_MEANS], np.float32))
