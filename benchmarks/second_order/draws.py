"""Draws of photos for training, validation and test, split by leaf."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import transferleaf as tl
from transferleaf.datasets.parts.splitting import split_indices

Rows = NDArray[np.int64]

SHARES = (0.7, 0.1, 0.2)
"""The shares of training, validation and test leaves."""

# There are a quarter as many validation photos as training photos, but at least two.
_JUDGES = 4
_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """The photos of one head, as indices of the data set.

    Attributes:
        photos_a_class: Training photos per class; all if ``None``.
        seed: Random seed.
        train: Training photos.
        validation: Photos that select the L2 strength.
        test: Photos of other leaves, the same in every draw.
    """

    photos_a_class: int | None
    seed: int
    train: Rows
    validation: Rows
    test: Rows


def draws(
    data: tl.LeafDataset, sizes: tuple[int | None, ...], seeds: int, *, split_seed: int = 0
) -> Iterator[Draw]:
    """Draw photos of each class, several times for each size. All photos are drawn once."""
    names = np.asarray(data.classes)[data.labels]
    train, validation, test = split_indices(names, data.leaves, list(SHARES), seed=split_seed)
    for size in sizes:
        for seed in range(1 if size is None else seeds):
            if size is None:
                yield Draw(
                    photos_a_class=None, seed=seed, train=train, validation=validation, test=test
                )
                continue
            rng = np.random.RandomState(seed)
            yield Draw(
                photos_a_class=size,
                seed=seed,
                train=_of_each_class(data, train, size, rng),
                validation=_of_each_class(data, validation, max(_FEWEST, -(-size // _JUDGES)), rng),
                test=test,
            )


def _of_each_class(
    data: tl.LeafDataset, rows: Rows, count: int, rng: np.random.RandomState
) -> Rows:
    labels = data.labels[rows]
    parts = [rng.permutation(rows[labels == label])[:count] for label in np.unique(labels)]
    return np.concatenate(parts)
