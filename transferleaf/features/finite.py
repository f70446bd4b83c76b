"""Numbers that a network gave, or holds: none of them may be infinite or no number at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.errors import NotFiniteError


def all_finite(arrays: Iterable[Any]) -> bool:
    """Whether every value is a finite number.

    >>> all_finite([np.zeros(2), np.array([1.0, np.nan])])
    False
    """
    return all(bool(np.isfinite(array).all()) for array in arrays)


def finite(values: NDArray[Any], what: str) -> NDArray[Any]:
    """Return ``values`` unchanged.

    Args:
        values: What a network gave for photos, shape ``(n, ...)``.
        what: What to call them in messages, such as ``"answers"``.

    Raises:
        NotFiniteError: A value is infinite or no number.
    """
    if not all_finite([values]):
        rows = np.flatnonzero(~np.isfinite(values).reshape(len(values), -1).all(axis=1))
        raise NotFiniteError(what, photos=len(rows), of=len(values))
    return values
