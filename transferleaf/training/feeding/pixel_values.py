"""Checks of pixel values in arrays, tensors and streams.

A photo file always decodes to RGB in [0, 255]. An array, a tensor or a stream may contain other
values, and a network returns probabilities for any values. All of them are checked in this module.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.errors import ConfigError, Found

# Interpolation may exceed [0, 255] slightly by rounding. Normalised pixels exceed it by more.
_ROUNDING = 0.5

# Number of images that are checked at a time, to limit the memory for copies.
_CHUNK = 64

_SHAPE = "have shape (n, height, width, 3) with n of at least 1"
_RAW = (
    "contain raw RGB in [0, 255]: the classifier resizes and normalises them itself, so leave out "
    "preprocess_input, rescaling and normalising"
)
_DEEP = "contain RGB in [0, 255]: divide values of 16 bits by 257"


class PixelRangeWarning(UserWarning):
    """Images whose pixels seem to be in [0, 1] instead of [0, 255]."""


def images_array(images: Any, what: str) -> NDArray[Any]:
    """Return images as one array, with checked values.

    Args:
        images: An array, a tensor, or a list of images of one size; shape
            ``(n, height, width, 3)``, RGB in [0, 255].
        what: Name of the images in messages, such as ``"x"``.

    Returns:
        The same values. An array is not copied.

    Raises:
        ConfigError: ``images`` are not images, have different sizes, or contain invalid pixel
            values.

    >>> images_array([np.zeros((4, 5, 3)), np.ones((4, 5, 3))], "x").shape
    (2, 4, 5, 3)
    """
    array = _as_array(images, what)
    check_shape(array.shape, what)
    check_pixels(array, what)
    return array


def plain_array(values: Any, what: str) -> NDArray[Any]:
    """Return labels or weights as an array of any type.

    Raises:
        ConfigError: They are lists of different lengths, or have no values.
    """
    try:
        return np.asarray(values)
    except (ValueError, TypeError):
        must = "be an array: one entry for each image, all of one shape"
        raise ConfigError(what, Found("entries of different shapes"), must) from None


def check_shape(shape: tuple[int | None, ...], what: str) -> None:
    """Raise if ``shape`` is not the shape of one or more RGB images."""
    if len(shape) == 3 and shape[-1] == 3:
        told = f"{_SHAPE}; add an axis to a single image: images[None]"
        raise ConfigError(what, Found(f"shape {shape}"), told)
    if len(shape) != 4 or shape[-1] != 3 or 0 in shape:
        raise ConfigError(what, Found(f"shape {shape}"), _SHAPE)


def check_pixels(images: NDArray[Any], what: str) -> None:
    """Raise if ``images`` contain values that are not pixels in [0, 255].

    Args:
        images: Shape ``(n, height, width, 3)``.
        what: Name of the images in messages.

    Raises:
        ConfigError: A value is not finite or out of range, or the values are not numbers.
    """
    if images.dtype == np.uint8:
        return
    if images.dtype.kind not in "iuf":
        raise ConfigError(what, Found(f"values of type {images.dtype}"), "contain numbers")
    for start in range(0, len(images), _CHUNK):
        part = images[start : start + _CHUNK]
        low, high = float(part.min()), float(part.max())  # nan if any is
        if not np.isfinite([low, high]).all():
            raise ConfigError(what, _not_finite(part, start), "contain finite numbers")
        if low < -_ROUNDING or high > 255 + _ROUNDING:
            must = _RAW if low < -_ROUNDING else _DEEP
            raise ConfigError(what, Found(f"values from {low:.4g} to {high:.4g}"), must)


def looks_like_unit_range(images: NDArray[Any]) -> bool:
    """Return whether the pixels seem to be in [0, 1] and are not all black.

    >>> looks_like_unit_range(np.full((1, 2, 2, 3), 0.5)), looks_like_unit_range(np.zeros(3))
    (True, False)
    """
    some = images[:_CHUNK]
    return bool(some.size and some.min() >= 0 and 0 < some.max() <= 1)


def warn_of_unit_range(**looks_so: bool) -> None:
    """Warn once about all images whose pixels seem to be in [0, 1].

    Args:
        **looks_so: For each name of some images, whether they do.
    """
    found = [what for what, so in looks_so.items() if so]
    if found:
        warnings.warn(
            f"the images of {' and '.join(found)} look like [0, 1]; transferleaf takes RGB in "
            "[0, 255]: multiply them by 255",
            PixelRangeWarning,
            stacklevel=_of_the_caller(),
        )


def _as_array(images: Any, what: str) -> NDArray[Any]:
    if isinstance(images, (list, tuple)) and len(images) == 1 and np.ndim(images[0]) == 4:
        images = images[0]  # Keras also accepts a list with one entry per input of the model
    try:
        array = np.asarray(images)
        if array.dtype != object or not array.ndim:
            return array
        return np.stack([np.asarray(image) for image in array])
    except ValueError:
        must = "be images of one size; predict_photos takes files of any size"
        raise ConfigError(what, Found("images of different shapes"), must) from None


def _not_finite(images: NDArray[Any], start: int) -> Found:
    """Describe which images contain non-finite values, and the first such value."""
    bad = ~np.isfinite(images).all(axis=tuple(range(1, images.ndim)))
    positions = np.flatnonzero(bad)
    first = images[positions[0]]
    value = first[~np.isfinite(first)][0]
    more = f" and {len(positions) - 1} more" if len(positions) > 1 else ""
    return Found(f"{value} in image {start + positions[0]}{more}")


def _of_the_caller() -> int:
    """Return the stack level of the first caller outside the package."""
    package = str(Path(__file__).parents[2])
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(package):
        frame, level = frame.f_back, level + 1
    return level
