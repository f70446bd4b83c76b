"""How a calibration travels: its numbers in a file's config, and beside the class means as weights.

The config tells readers of a file that there is one. What counts comes with the weights, so that
the means and the temperature of one calibration never meet the borders of another.
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
    """The calibration that a saved config tells of; files of the first version tell of none."""
    values = config.get("calibration")
    return None if values is None else Calibration.from_dict(values)


def save_class_means(classifier: Any, store: Any) -> None:
    """Write the class means of a ``TransferClassifier``; called by Keras when a file is saved.

    They are no Keras variables: those would be weights to freeze, to prove and to export.
    A classifier has no weights beside its layers', so the place is free.
    """
    if classifier.class_means is not None and classifier.calibration is not None:
        store[_MEANS] = classifier.class_means.means
        numbers = json.dumps(classifier.calibration.to_dict()).encode("ascii")
        store[_NUMBERS] = np.frombuffer(numbers, np.uint8)


def load_class_means(classifier: Any, store: Any) -> None:
    """Read what ``save_class_means`` wrote; called by Keras when a file is loaded.

    Weights whose head holds no temperature, or another, end the calibration that was before.
    """
    classifier.class_means = classifier.calibration = None
    if _NUMBERS in store.keys():  # noqa: SIM118
        numbers = np.asarray(store[_NUMBERS], np.uint8).tobytes()
        classifier.calibration = Calibration.from_dict(json.loads(numbers))
        classifier.class_means = ClassMeans(np.asarray(store[_MEANS], np.float32))
