"""Features on disk that the solver of the head reads block by block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.features.outputs import StoredGroups

Floats = NDArray[np.float32]


def part_of(features: Floats | StoredFeatures, photos: NDArray[Any] | slice) -> Any:
    """Return the features of some photos, from memory or from the store."""
    return features.part(photos) if isinstance(features, StoredFeatures) else features[photos]


class StoredFeatures:
    """Features of photos on disk. ``features[start:stop]`` reads some of them.

    Args:
        views: The stored features of each view.
        rows: The used rows, numbered over all views in order. Default: all.
    """

    def __init__(
        self, views: Sequence[StoredGroups], rows: NDArray[np.int64] | None = None
    ) -> None:
        self._views = tuple(views)
        self._photos, self._width = views[0].shape
        self._rows = np.arange(self._photos * len(views)) if rows is None else rows

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of all features, ``(n, n_features)``."""
        return len(self), self._width

    def __getitem__(self, photos: slice) -> NDArray[np.float32]:
        """Read the features of consecutive photos, in float32."""
        view, row = np.divmod(self._rows[photos], self._photos)
        numbers = np.unique(view)
        if len(numbers) == 1:  # no further copy
            return self._views[numbers[0]].take(row)
        found = np.empty((len(row), self._width), np.float32)
        for number in numbers:
            here = view == number
            found[here] = self._views[number].take(row[here])
        return found

    def part(self, photos: NDArray[Any] | slice) -> StoredFeatures:
        """Return the features of some photos, without reading them."""
        return StoredFeatures(self._views, self._rows[photos])
