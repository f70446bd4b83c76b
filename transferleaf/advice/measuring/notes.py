"""A cache of measured numbers in the feature store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from transferleaf.errors import FeatureStoreError, MissingFeaturesError
from transferleaf.features.store import FeatureStore

# Increased when the method of a measurement changes.
_WAY = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Measured numbers of one data set with one network.

    Attributes:
        store: The feature store, which also contains the numbers.
        backbone: Name of the network, for people who inspect the store.
        image_size: Height and width of its input, in pixels.
        inputs: Identifies everything that the numbers depend on.
    """

    store: FeatureStore
    backbone: str
    image_size: int
    inputs: bytes

    def recall(
        self, what: str, shape: tuple[int, ...], measure: Callable[[], ArrayLike]
    ) -> NDArray[np.float64]:
        """Return stored numbers, or measure and store them.

        Args:
            what: Name of the numbers.
            shape: Their shape.
            measure: Function that returns the numbers.
        """
        identity: dict[str, str | int] = {
            "output": f"evidence: {what}",
            "backbone": self.backbone,
            "image_size": self.image_size,
            "way": _WAY,
        }
        space = self.store.space(identity, shape=shape, dtype="float64")
        key = [hashlib.sha256(self.inputs).digest()]
        with suppress(MissingFeaturesError):
            return np.asarray(space.rows(key).read())[0]
        numbers = np.asarray(measure(), np.float64).reshape(shape)
        # A cache must not stop a command.
        with suppress(FeatureStoreError), space.writer() as writer:
            writer.add(key, numbers[np.newaxis])
        return numbers
