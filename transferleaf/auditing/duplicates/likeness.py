"""Similarity of two photos, from their thumbnails, which is more exact than the hash."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from transferleaf.auditing.duplicates.turns import Thumbnails

Likeness: TypeAlias = NDArray[np.float32]

# Grey levels of 255. A photo that varies less is blank: what is left is noise, and blank photos
# would all be called copies of each other. The flattest of real leaves had 8, of real steel 5.
_LEAST_DEVIATION = 2.0
# By so many levels the channels of a grey photo may differ, as JPEG rounds.
_GREY_SPREAD = 3
# ITU-R Recommendation BT.601, which programs make greys by.
_GREY_OF_RGB = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_HELD_AT_A_TIME = 8192


def likeness(first: Thumbnails, second: Thumbnails) -> Likeness:
    """Compare photos pair by pair, whatever their brightness, tint and contrast;
    a grey photo with the greys of the other.

    Args:
        first: Shape ``(n, side, side, 3)``.
        second: Same shape.

    Returns:
        Correlation of the colours, less the mean of each channel, in [-1, 1]; shape ``(n,)``.

    >>> dark = np.arange(12, dtype=np.uint8).reshape(1, 2, 2, 3)
    >>> likeness(dark, 5 * dark + 3).round(3).tolist()
    [1.0]
    """
    pieces = [
        _correlation(
            first[start : start + _HELD_AT_A_TIME], second[start : start + _HELD_AT_A_TIME]
        )
        for start in range(0, len(first), _HELD_AT_A_TIME)
    ]
    return np.concatenate([np.empty(0, np.float32), *pieces])


def has_detail(thumbnails: Thumbnails) -> NDArray[np.bool_]:
    """Return which photos have enough contrast for the comparison.

    Args:
        thumbnails: Shape ``(n, side, side, 3)``.

    Returns:
        Shape ``(n,)``.

    >>> has_detail(np.full((1, 16, 16, 3), 200, np.uint8)).tolist()
    [False]
    """
    pieces = [
        _centred(thumbnails[start : start + _HELD_AT_A_TIME]).std(axis=1) >= _LEAST_DEVIATION
        for start in range(0, len(thumbnails), _HELD_AT_A_TIME)
    ]
    return np.concatenate([np.empty(0, np.bool_), *pieces])


def _correlation(first: Thumbnails, second: Thumbnails) -> Likeness:
    # A copy without colours is compared with the greys of the coloured one.
    uneven = (_is_grey(first) != _is_grey(second))[:, None, None, None]
    one = _centred(np.where(uneven, _greys(first), first))
    other = _centred(np.where(uneven, _greys(second), second))
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    products = np.einsum("np,np->n", one, other)
    correlation: Likeness = products / np.maximum(lengths, np.finfo(np.float32).tiny)
    return correlation


def _is_grey(thumbnails: Thumbnails) -> NDArray[np.bool_]:
    spread: Thumbnails = np.ptp(thumbnails, axis=3)
    widest: NDArray[np.uint8] = spread.max(axis=(1, 2))
    return widest <= _GREY_SPREAD


def _greys(thumbnails: Thumbnails) -> Likeness:
    return (thumbnails @ _GREY_OF_RGB)[..., None]


def _centred(thumbnails: Thumbnails | Likeness) -> Likeness:
    levels = thumbnails.astype(np.float32)
    levels -= levels.mean(axis=(1, 2), keepdims=True)
    return levels.reshape(len(levels), -1)
