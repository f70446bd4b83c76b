"""Connected components of a mask, filled holes, and erosion."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Mask: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.intp]


def numbered_pieces(mask: Mask) -> Numbers:
    """Number the connected components of a mask (4-connectivity).

    Args:
        mask: Shape ``(height, width)``.

    Returns:
        Shape ``(height, width)``; 0 where ``mask`` is False, otherwise the number of the component,
        above 0.

    >>> numbers = numbered_pieces(np.array([[True, False, True], [True, False, False]]))
    >>> bool(numbers[0, 0] == numbers[1, 0] != numbers[0, 2]), int(numbers[0, 1])
    (True, 0)
    """
    numbers = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    across, down = _runs(mask), _runs(mask.T)
    while True:
        # Assign the largest number to each run, by row and by column, until each component has one
        # number.
        spread = _largest(_largest(numbers, across).T, down).T
        if (spread == numbers).all():
            return numbers
        numbers = spread


def without_holes(mask: Mask) -> Mask:
    """Fill the holes of a mask: background that is not connected to the border.

    >>> ring = np.ones((3, 3), bool)
    >>> ring[1, 1] = False
    >>> bool(without_holes(ring).all())
    True
    """
    # Pad with background, so that the surroundings of the mask are one component.
    around = numbered_pieces(~np.pad(mask, 1))
    whole: Mask = (around != around[0, 0])[1:-1, 1:-1]
    return whole


def large_pieces(mask: Mask, share: float) -> Mask:
    """Keep the components with at least ``share`` of the pixels of the largest one."""
    numbers = numbered_pieces(mask)
    sizes = np.bincount(numbers.ravel())
    sizes[0] = 0
    return np.isin(numbers, np.flatnonzero(sizes > share * sizes.max())) & mask


def shrunk(mask: Mask, pixels: int) -> Mask:
    """Erode a mask by this number of pixels, but not along the border of the photo.

    >>> shrunk(np.array([[False, True, True, True]] * 4), 1)[0].tolist()
    [False, False, True, True]
    """
    # A mean of 255 means that all values are 255. Pillow's minimum filter is ten times slower.
    padded = np.pad(mask, pixels, mode="edge").astype(np.uint8) * np.uint8(255)
    mean = Image.fromarray(padded).filter(ImageFilter.BoxBlur(pixels))
    whole: Mask = np.asarray(mean)[pixels:-pixels, pixels:-pixels] == 255
    return whole


def _runs(mask: Mask) -> Numbers:
    """Return the starts of runs of equal values in the flat mask. Runs end at the end of a row."""
    begins = np.ones(mask.shape, bool)
    begins[:, 1:] = mask[:, 1:] != mask[:, :-1]
    return np.flatnonzero(begins)


def _largest(numbers: Numbers, begins: Numbers) -> Numbers:
    """Assign to each run its largest number."""
    flat = np.ascontiguousarray(numbers).ravel()
    lengths = np.diff(np.append(begins, flat.size))
    spread: Numbers = np.repeat(np.maximum.reduceat(flat, begins), lengths)
    return spread.reshape(numbers.shape)
