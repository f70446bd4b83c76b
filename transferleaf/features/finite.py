"""Checks that the outputs and weights of a network are finite."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.errors import NotFiniteError


def all_finite(arrays: Iterable[Any]) -> bool:
    """Return whether all values are finite.

    >>> all_finite([np.zeros(2), np.array([1.0, np.nan])])
    False
    """
    return all(bool(np.isfinite(array).all()) for array in arrays)


def finite(values: NDArray[Any], what: str) -> NDArray[Any]:
    """Return ``values`` unchanged.

    Args:
        values: Outputs of a network for photos, shape ``(n, ...)``.
        what: Name of the values in messages, such as ``"answers"``.

    Raises:
        NotFiniteError: A value is infinite or NaN.
    """
    if not all_finite([values]):
        rows = np.flatnonzero(~np.isfinite(values).reshape(len(values), -1).all(axis=1))
        raise NotFiniteError(what, photos=len(rows), of=len(values))
    return values
