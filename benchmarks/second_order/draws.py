"""Which photos a head learns from, which judge it, and which test it: leaves are kept whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import transferleaf as tl
from transferleaf.datasets.parts.splitting import split_indices

Rows = NDArray[np.int64]

SHARES = (0.7, 0.1, 0.2)
"""Of leaves to learn from, to judge by and to test on."""

# A quarter as many photos judge as teach, but two at least.
_JUDGES = 4
_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Photos for one head; positions in the data set.

    Attributes:
        photos_a_class: How many of each class it learns from; all where ``None``.
        seed: Seeds the draw.
        train: To learn from.
        validation: To choose the L2 strength by.
        test: Of other leaves, the same in every draw.
    """

    photos_a_class: int | None
    seed: int
    train: Rows
    validation: Rows
    test: Rows


def draws(
    data: tl.LeafDataset, sizes: tuple[int | None, ...], seeds: int, *, split_seed: int = 0
) -> Iterator[Draw]:
    """Draw photos of each class, several times for each size; all photos are drawn once."""
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
