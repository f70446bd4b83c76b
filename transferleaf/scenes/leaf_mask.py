"""Detection of the leaf in a photo, from the colours along its border.

Border pixels that are not green count as background. Large regions with other colours than the
background and its shadows are the leaf, without holes. There is no result if the border is green,
as in a field, if colours do not divide the photo in two, or if the outline is too irregular for a
leaf.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from transferleaf.scenes.pieces import Mask, large_pieces, without_holes

Floats: TypeAlias = npt.NDArray[np.float64]

_SIDE = 128  # longer side in pixels of the reduced photo
_BORDER = 0.04  # width of the border, as a share of the side
_GROUPS = 4  # colour clusters along the border
_GREEN = 0.22  # greenness above which a border colour is leaf, see ``_colours``
_LEAST_SPREAD = 0.03  # minimum spread of a colour cluster, about the noise of a camera
_BRIGHTNESS = 0.5  # weight relative to hue, low because shadows are dark background
_LEAST_BORDER = 0.7  # minimum share of the border that is background
_GREY = 0.1  # maximum greenness and warmth of grey, which is not leaf
_LEAST_GREY_BORDER = 0.12  # minimum share of the border for a grey background; the rest is leaf
_LEAST_PARTED = 0.6  # minimum share of the variance of distances that two classes explain
_LARGE = 0.25  # minimum size of a region relative to the largest
_LEAST_LEAF, _MOST_LEAF = 0.03, 0.95  # minimum and maximum share of the photo
_SHADES = (1.0, 0.75, 0.5, 0.3, 0.15)  # share of the light that shadows leave
# Of 151 leaves of PlantVillage, 95 % stay below 2.1 and 6 %; half of the field photos do not.
_MOST_RAGGED = 2.2  # length of the outline relative to a disc of the same area
_MOST_SPECKS = 0.06  # share of the background that has colours of the leaf


def find_leaf(photo: npt.NDArray[np.uint8]) -> Mask | None:
    """Find the leaf in a photo with a background of other colours.

    Args:
        photo: Shape ``(height, width, 3)``, ``uint8``, RGB in [0, 255].

    Returns:
        Mask of the leaf, shape ``(height, width)``. ``None`` if it cannot be found.

    >>> photo = np.full((40, 40, 3), 200, np.uint8)
    >>> photo[10:30, 10:30] = (40, 120, 30)
    >>> find_leaf(photo)[12, 8:14].tolist()
    [False, False, True, True, True, True]
    """
    height, width = photo.shape[:2]
    small = Image.fromarray(photo)
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    rgb = np.asarray(small, np.float64) / 255
    colours = _colours(rgb)
    for ground in _grounds(rgb, colours):
        leaf = _unlike(colours, *ground)
        if leaf is not None:
            shown = Image.fromarray(leaf).resize((width, height), Image.Resampling.NEAREST)
            return np.asarray(shown)
    return None


def _unlike(colours: Floats, means: Floats, spreads: Floats) -> Mask | None:
    """Return the pixels with other colours than the background; ``None`` if unlike a leaf."""
    far = np.log1p(_distances(colours, means, spreads))
    level, parted = _otsu(far)
    if parted < _LEAST_PARTED:
        return None
    leaf = _whole(far > level)
    if not _LEAST_LEAF <= leaf.mean() <= _MOST_LEAF:
        return None
    if _raggedness(leaf) > _MOST_RAGGED or _specks(far > level, leaf) > _MOST_SPECKS:
        return None
    return leaf


def _colours(rgb: Floats) -> Floats:
    """Return greenness, warmth and brightness of each pixel. Shadow only changes the last."""
    red, green, blue = np.moveaxis(rgb, -1, 0)
    brightness = rgb.mean(axis=-1)
    lightest = brightness + 0.1  # prevents noise in dark pixels from being colourful
    greenness = (green - (red + blue) / 2) / lightest
    return np.stack([greenness, (red - blue) / lightest, _BRIGHTNESS * brightness], axis=-1)


def _grounds(rgb: Floats, colours: Floats) -> Iterator[tuple[Floats, Floats]]:
    """Return possible backgrounds, most probable first: colours and spreads, ``(n, 3)`` each."""
    border = _border(colours)
    groups = _grouped(border)
    kinds = np.unique(groups)
    means = np.stack([border[groups == kind].mean(axis=0) for kind in kinds])
    spreads = np.stack([border[groups == kind].std(axis=0) for kind in kinds])
    shares = np.bincount(groups)[kinds] / len(groups)
    light = np.stack([_border(rgb)[groups == kind].mean(axis=0) for kind in kinds])
    not_green = means[:, 0] < _GREEN
    grey = (np.abs(means[:, :2]) < _GREY).all(axis=1)
    for ground, least in ((not_green, _LEAST_BORDER), (grey, _LEAST_GREY_BORDER)):
        if shares[ground].sum() >= least:
            # Shadows have the same colours with less light.
            shades = _colours(light[ground] * np.array(_SHADES)[:, None, None])
            shades[0] = means[ground]
            wide = np.maximum(spreads[ground], _LEAST_SPREAD)
            yield shades.reshape(-1, 3), np.tile(wide, (len(_SHADES), 1))


def _border(colours: Floats) -> Floats:
    height, width = colours.shape[:2]
    rim = max(1, round(_BORDER * max(height, width)))
    inside = np.zeros((height, width), bool)
    inside[rim : height - rim, rim : width - rim] = True
    return colours[~inside]


def _grouped(border: Floats) -> npt.NDArray[np.intp]:
    """Cluster colours with k-means and a deterministic start."""
    order = np.argsort(border[:, 0], kind="stable")
    starts = (np.arange(_GROUPS) + 0.5) / _GROUPS * len(border)
    centres = border[order[starts.astype(int)]]
    for _ in range(10):
        # Squared distances, without the term that is equal for all centres.
        nearness = (centres**2).sum(axis=1) - 2 * border @ centres.T
        groups: npt.NDArray[np.intp] = nearness.argmin(axis=1)
        centres = np.stack(
            [
                border[groups == group].mean(axis=0) if (groups == group).any() else centre
                for group, centre in enumerate(centres)
            ]
        )
    return groups


def _distances(colours: Floats, means: Floats, spreads: Floats) -> Floats:
    """Return the distance of each pixel from the nearest background colour, in its spreads."""
    # (colour - mean)² / spread² as one matrix product, which is faster.
    pixels = colours.reshape(-1, 3)
    weights = 1 / spreads**2
    squared = pixels**2 @ weights.T - 2 * pixels @ (means * weights).T
    squared += (means**2 * weights).sum(axis=1)
    distances: Floats = np.sqrt(np.maximum(squared.min(axis=1), 0)).reshape(colours.shape[:2])
    return distances


def _otsu(values: Floats) -> tuple[float, float]:
    """Return the threshold that divides values best, and the share of their variance it explains.

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
    """Return the large regions with filled holes, after removing specks and cracks."""
    picture = Image.fromarray(mask.astype(np.uint8)).filter(ImageFilter.MedianFilter(5))
    return without_holes(large_pieces(np.asarray(picture) > 0, _LARGE))


def _raggedness(mask: Mask) -> float:
    """Return the length of the outline inside the photo, relative to a disc of the same area."""
    steps = (mask[1:] != mask[:-1]).sum() + (mask[:, 1:] != mask[:, :-1]).sum()
    # Pixel steps along a slanted line are longer than the line, by 4 / pi on average.
    return float(steps * np.pi / 4 / (2 * np.sqrt(np.pi * mask.sum())))


def _specks(unlike: Mask, leaf: Mask) -> float:
    """Return the share of the background, away from the leaf, that has other colours."""
    near = Image.fromarray(leaf.astype(np.uint8)).filter(ImageFilter.MaxFilter(7))
    away = np.asarray(near) == 0
    return float(unlike[away].mean()) if away.any() else 0.0
