"""What class names say beyond the class: whether the crop is right, and whether it is healthy."""

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
    """Share of the photos whose predicted class agrees with the true one in one trait.

    Args:
        traits: The trait of each class, such as its crop, or whether it is healthy; ``None`` for
            a class whose name does not tell. Photos of those are left out; an answer that does
            not tell is wrong.
        truth: True class numbers, shape ``(n,)``.
        predicted: Predicted class numbers, shape ``(n,)``.
        groups: The leaf that each photo shows; each photo is a leaf of its own where ``None``.
        seed: Seeds the resampling.

    Returns:
        The share with its interval; ``None`` where fewer than two traits are known, or no photo's
        class tells its own.

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
