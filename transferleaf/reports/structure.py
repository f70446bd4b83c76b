"""Accuracy of traits in the class names: the crop, and whether the leaf is healthy."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from transferleaf.reports.metrics import Interval, share_interval


def coarse_accuracy(
    traits: Sequence[Hashable],
    truth: ArrayLike,
    predicted: ArrayLike,
    *,
    groups: Sequence[Hashable] | None = None,
    seed: int = 0,
) -> Interval | None:
    """Return the share of the photos whose predicted class has the trait of the true class.

    Args:
        traits: The trait of each class, such as its crop, or whether it is healthy; ``None`` if the
            class name does not tell. Photos of such classes are left out, and such predictions are
            wrong.
        truth: True class indices, shape ``(n,)``.
        predicted: Predicted class indices, shape ``(n,)``.
        groups: The leaf in each photo. Default: each photo is a separate leaf.
        seed: Random seed of the resampling.

    Returns:
        The share with its interval; ``None`` if fewer than two traits are known, or the trait of no
        photo is known.

    >>> crops = ["Tomato", "Tomato", "Potato"]
    >>> coarse_accuracy(crops, [0, 1, 2, 2], [1, 1, 2, 0]).value
    0.75
    """
    numbers = {trait: number for number, trait in enumerate(set(traits) - {None})}
    if len(numbers) < 2:
        return None
    of_class = np.array([numbers.get(trait, -1) for trait in traits])
    true, found = of_class[np.asarray(truth)], of_class[np.asarray(predicted)]
    told = true >= 0
    if not told.any():
        return None
    chosen = None if groups is None else [groups[row] for row in np.flatnonzero(told).tolist()]
    return share_interval((true == found)[told], groups=chosen, seed=seed)
