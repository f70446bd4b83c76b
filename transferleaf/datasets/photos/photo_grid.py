"""A figure with some photos of a data set in a grid, each with its class."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import ConfigError, PhotoError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SIDE = 1.9  # inches
_PIXELS = 224
_LETTERS = 24  # maximum per line above a photo


def photo_grid(data: LeafDataset, photos: int, *, columns: int, seed: int) -> Figure:
    """Draw some photos of a data set; see ``LeafDataset.show``."""
    from matplotlib.figure import Figure

    for option, given in (("photos", photos), ("columns", columns)):
        if isinstance(given, bool) or not isinstance(given, int) or given < 1:
            raise ConfigError(option, given, "be a whole number of at least 1")
    rows = some_of_each_class(data, photos, seed=seed)
    wide = min(columns, max(len(rows), 1))
    high = max(-(-len(rows) // wide), 1)
    figure = Figure(figsize=(_SIDE * wide, (_SIDE + 0.5) * high), layout="constrained")
    for axes in np.atleast_1d(figure.subplots(high, wide)).flat:
        axes.axis("off")
    for axes, row in zip(figure.axes, rows, strict=False):
        name = data.classes[data.labels[row]]
        axes.set_title("\n".join(textwrap.wrap(name, _LETTERS)), fontsize=8)
        try:
            axes.imshow(data.read(row, _PIXELS))
        except PhotoError:
            axes.text(0.5, 0.5, "cannot be read", ha="center", va="center", fontsize=8)
    return figure


def some_of_each_class(data: LeafDataset, photos: int, *, seed: int) -> list[int]:
    """Return the indices of some photos, one of each class in turn, in the order of the classes.

    Args:
        data: The data set.
        photos: Maximum number.
        seed: Random seed.

    Returns:
        Indices of the photos.
    """
    order = np.random.default_rng(seed).permutation(len(data))
    labels = data.labels[order]
    # The number of photos of the same class that come before each photo in this order.
    turn = np.empty(len(data), np.int64)
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        turn[own] = np.arange(len(own))
    chosen = np.lexsort((labels, turn))[:photos]
    return [int(row) for row in order[chosen][np.argsort(labels[chosen], kind="stable")]]
