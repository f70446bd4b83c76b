"""Features painted by hand, so that what they tell is known."""

from __future__ import annotations

import numpy as np
import pytest

from transferleaf.datasets.parts.sampling import Labelled

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")


@pytest.fixture
def painted():
    """Makes photos of three classes and features of two stages, of which the second tells more.

    Photos of one leaf have next to the same features.
    """

    def make(leaves: int = 30, *, photos_a_leaf: int = 1, seed: int = 0):
        rng = np.random.default_rng(seed)
        own = np.repeat(np.arange(leaves), photos_a_leaf)
        labels = own % 3
        told = np.eye(3)[labels]
        noise = rng.normal(size=(leaves, 8))[own] + 0.01 * rng.normal(size=(len(own), 8))
        low = np.hstack([0.5 * told, np.zeros((len(own), 1))]) + noise[:, :4]
        high = np.hstack([2.5 * told, np.zeros((len(own), 1))]) + noise[:, 4:]
        photos = Labelled(
            labels=labels,
            leaves=tuple(f"leaf {number}" for number in own),
            classes=CLASSES,
        )
        return np.hstack([low, high]).astype(np.float32), photos

    return make
