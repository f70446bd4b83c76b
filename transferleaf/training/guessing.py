"""Whether a classifier is better than one that always names the commonest class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def beats_guessing(accuracy: float, counts: NDArray[Any]) -> bool:
    """Whether an accuracy is better, by more than chance, than always naming the commonest class.

    One standard error is asked for. Photos of one class alone cannot tell.

    Args:
        accuracy: Share of the photos that are right, in [0, 1].
        counts: Photos of each class, shape ``(n_classes,)``.

    >>> beats_guessing(0.56, np.array([50, 50])), beats_guessing(0.54, np.array([50, 50]))
    (True, False)
    """
    share = counts.max() / counts.sum()
    return bool(share == 1 or accuracy - share > np.sqrt(share * (1 - share) / counts.sum()))
