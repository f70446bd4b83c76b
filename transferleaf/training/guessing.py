"""A test whether a classifier is better than always predicting the most common class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def beats_guessing(accuracy: float, counts: NDArray[Any]) -> bool:
    """Return whether an accuracy is significantly better than that of the most common class.

    The difference must exceed one standard error. With photos of only one class, the result is
    false.

    Args:
        accuracy: Accuracy, in [0, 1].
        counts: Photos of each class, shape ``(n_classes,)``.

    >>> beats_guessing(0.56, np.array([50, 50])), beats_guessing(0.54, np.array([50, 50]))
    (True, False)
    """
    share = counts.max() / counts.sum()
    return bool(share == 1 or accuracy - share > np.sqrt(share * (1 - share) / counts.sum()))
