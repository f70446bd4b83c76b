"""Similarity of two photos, from their thumbnails, which is more exact than the hash."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from transferleaf.auditing.duplicates.turns import Thumbnails

Likeness: TypeAlias = NDArray[np.float32]

# Contrast in grey levels of 255 below which a photo is blank. Only noise would be compared, and all
# blank photos would be copies of each other. The lowest contrast of real leaves was 8, of steel 5.
_LEAST_DEVIATION = 2.0
# Maximum difference between the channels of a grey photo, after JPEG rounding.
_GREY_SPREAD = 3
# ITU-R Recommendation BT.601, the usual weights of greyscale conversion.
_GREY_OF_RGB = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_HELD_AT_A_TIME = 8192


def likeness(first: Thumbnails, second: Thumbnails) -> Likeness:
    """Compare pairs of photos, independent of brightness, tint and contrast.

    If one photo of a pair is grey, the greys of both are compared.

    Args:
        first: Shape ``(n, side, side, 3)``.
        second: Same shape.

    Returns:
        Correlation of the colours after subtracting the mean of each channel, in [-1, 1], shape
        ``(n,)``.

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
    # A grey copy is compared with the greys of the coloured photo.
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
