"""Class weights for imbalanced data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from transferleaf.errors import EmptyClassError


def class_weights(counts: Sequence[int]) -> npt.NDArray[np.float64]:
    """Return class weights that are inversely proportional to the number of photos.

    Args:
        counts: Photos per class, shape ``(n_classes,)``, each at least 1.

    Returns:
        Weights, shape ``(n_classes,)``, ``float64``. Their mean over all photos is 1.

    Raises:
        EmptyClassError: A class has no photos.

    Source:
        The "balanced" heuristic of scikit-learn, after King and Zeng (2001).

    >>> class_weights([30, 10]).round(3).tolist()
    [0.667, 2.0]
    """
    photos = np.asarray(counts, dtype=np.int64)
    if (photos < 1).any():
        raise EmptyClassError(counts)
    weights: npt.NDArray[np.float64] = photos.sum() / (len(photos) * photos)
    return weights
