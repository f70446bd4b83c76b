"""Which pixels of a photo show the leaf, where that can be told from the colours of its border.

What lies along a photo's border is taken for background, but for what is as green as a leaf. All
that has other colours, in large pieces and without holes, is the leaf. Where the border is green
itself, as in a field, or colours do not part the photo in two, there is no answer.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Mask: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[np.float64]

_SIDE = 128  # pixels that are looked at along the longer side; outlines stay good to one in 128
_BORDER = 0.04  # width of the border, as a share of the side
_GROUPS = 4  # of colours along the border: ground, its shadow, its grain, a leaf that reaches it
_GREEN = 0.22  # greenness from which a border colour is taken for a leaf, see ``_colours``
_LEAST_SPREAD = 0.03  # of a group of colours; below that it is noise of the camera
_BRIGHTNESS = 0.5  # weight against hue: a shadow is darker ground
_LEAST_BORDER = 0.7  # share of the border that must be background
_LEAST_PARTED = 0.6  # share of the variance of distances that two classes must explain
_LARGE = 0.25  # of the largest piece: leaflets hang on stalks that are too thin to be seen
_LEAST_LEAF, _MOST_LEAF = 0.03, 0.95  # shares of the photo


def find_leaf(photo: npt.NDArray[np.uint8]) -> Mask | None:
    """Find the leaf in a photo on a ground that has other colours.

    Args:
        photo: Shape ``(height, width, 3)``, ``uint8``, RGB in [0, 255].

    Returns:
        Where the leaf is, shape ``(height, width)``; ``None`` where that cannot be told.

    >>> photo = np.full((40, 40, 3), 200, np.uint8)
    >>> photo[10:30, 10:30] = (40, 120, 30)
    >>> find_leaf(photo)[12, 8:14].tolist()
    [False, False, True, True, True, True]
    """
    height, width = photo.shape[:2]
    small = Image.fromarray(photo)
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    colours = _colours(np.asarray(small, np.float64) / 255)
    ground = _ground(colours)
    if ground is None:
        return None
    far = _distances(colours, *ground)
    level, parted = _otsu(np.log1p(far))
    if parted < _LEAST_PARTED:
        return None
    leaf = _whole(np.log1p(far) > level)
    if not _LEAST_LEAF <= leaf.mean() <= _MOST_LEAF:
        return None
    return np.asarray(Image.fromarray(leaf).resize((width, height), Image.Resampling.NEAREST))


def _colours(rgb: Floats) -> Floats:
    """Greenness, warmth and brightness of each pixel; the first two do not change in shadow."""
    red, green, blue = np.moveaxis(rgb, -1, 0)
    brightness = rgb.mean(axis=-1)
    lightest = brightness + 0.1  # keeps noise in the dark from looking colourful
    greenness = (green - (red + blue) / 2) / lightest
    return np.stack([greenness, (red - blue) / lightest, _BRIGHTNESS * brightness], axis=-1)


def _ground(colours: Floats) -> tuple[Floats, Floats] | None:
    """Means and spreads of the groups of background colours, each ``(n_groups, 3)``."""
    border = _border(colours)
    groups = _grouped(border)
    means = np.stack([border[groups == group].mean(axis=0) for group in np.unique(groups)])
    spreads = np.stack([border[groups == group].std(axis=0) for group in np.unique(groups)])
    shares = np.unique(groups, return_counts=True)[1] / len(groups)
    background = means[:, 0] < _GREEN
    if shares[background].sum() < _LEAST_BORDER:
        return None
    return means[background], np.maximum(spreads[background], _LEAST_SPREAD)


def _border(colours: Floats) -> Floats:
    height, width = colours.shape[:2]
    rim = max(1, round(_BORDER * max(height, width)))
    inside = np.zeros((height, width), bool)
    inside[rim : height - rim, rim : width - rim] = True
    return colours[~inside]


def _grouped(border: Floats) -> npt.NDArray[np.intp]:
    """Group colours by nearness (k-means), from a start that chance has no part in."""
    order = np.argsort(border[:, 0], kind="stable")
    starts = (np.arange(_GROUPS) + 0.5) / _GROUPS * len(border)
    centres = border[order[starts.astype(int)]]
    for _ in range(10):
        groups: npt.NDArray[np.intp] = (
            ((border[:, None] - centres) ** 2).sum(axis=-1).argmin(axis=1)
        )
        centres = np.stack(
            [
                border[groups == group].mean(axis=0) if (groups == group).any() else centre
                for group, centre in enumerate(centres)
            ]
        )
    return groups


def _distances(colours: Floats, means: Floats, spreads: Floats) -> Floats:
    """Distance of each pixel from the nearest background colour, in spreads of that colour."""
    apart = (colours[:, :, None] - means) / spreads
    distances: Floats = np.sqrt((apart**2).sum(axis=-1)).min(axis=-1)
    return distances


def _otsu(values: Floats) -> tuple[float, float]:
    """The level that parts values best in two, and the share of their variance that this explains.

    Source:
        Otsu (1979), A threshold selection method from gray-level histograms.
    """
    counts, edges = np.histogram(values, bins=64)
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1] / counts.sum()
    sums = np.cumsum(counts * middles)[:-1] / counts.sum()
    mean = float((counts * middles).sum() / counts.sum())
    between = (mean * below - sums) ** 2 / np.maximum(below * (1 - below), 1e-12)
    best = int(between.argmax())
    variance = float((counts * (middles - mean) ** 2).sum() / counts.sum())
    return float(edges[best + 1]), float(between[best]) / max(variance, 1e-12)


def _whole(mask: Mask) -> Mask:
    """Take the large pieces and fill their holes; specks and cracks go first."""
    # A rim of background, so that what surrounds the leaf is one piece.
    padded = np.pad(mask, 1)
    picture = Image.fromarray(padded.astype(np.uint8)).filter(ImageFilter.MedianFilter(5))
    pieces = _pieces(np.asarray(picture) > 0)
    sizes = np.bincount(pieces[pieces > 0], minlength=1)
    large = np.isin(pieces, np.flatnonzero(sizes > _LARGE * sizes.max()))
    around = _pieces(~large)
    whole: Mask = around != around[0, 0]
    return whole[1:-1, 1:-1]


def _pieces(mask: Mask) -> npt.NDArray[np.intp]:
    """Number the pieces of a mask, pixels that touch side by side; 0 is outside of all."""
    numbers = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:
        # Each pixel takes the largest number beside it, until a piece has one number.
        beside = np.pad(numbers, 1)
        across = np.maximum(beside[1:-1, :-2], beside[1:-1, 2:])
        down = np.maximum(beside[:-2, 1:-1], beside[2:, 1:-1])
        spread = np.where(mask, np.maximum(numbers, np.maximum(across, down)), 0)
        if (spread == numbers).all():
            return numbers
        numbers = spread
