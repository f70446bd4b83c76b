"""The colour map of heat maps: perceptually uniform, from dark violet over red to light yellow.

The colours are computed in OKLab, where distances are about proportional to perceived differences.
Their lightness increases from end to end, so that they are readable in grey and by colour-blind
people. They avoid the greens of leaves.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_STEPS = 256
_LIGHTNESS = (0.25, 0.95)
_HUE = (-75.0, 100.0)  # degrees, from violet through red to yellow
_CHROMA = 0.19  # as much as sRGB can show in the middle; less at the ends

# From OKLab to linear RGB: Ottosson (2020), A perceptual color space for image processing.
_TO_CONES = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_CONES_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def heat_colours(heat: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Return the colours of a heat map.

    Args:
        heat: Array of any shape, in [0, 1].

    Returns:
        The same shape with an axis of three channels, ``uint8``, RGB in [0, 255].

    Source:
        The colour space OKLab: Ottosson (2020).

    >>> heat_colours(np.array([0.0, 0.5, 1.0])).sum(axis=-1).tolist() == sorted(
    ...     heat_colours(np.array([0.0, 0.5, 1.0])).sum(axis=-1).tolist()
    ... )
    True
    """
    steps = np.clip(np.asarray(heat) * (_STEPS - 1) + 0.5, 0, _STEPS - 1).astype(np.intp)
    return heat_table()[steps]


@cache
def heat_table() -> npt.NDArray[np.uint8]:
    """Return the colour map, shape ``(256, 3)``, ``uint8``, RGB in [0, 255]."""
    way = _shown(np.linspace(0, 1, 2001))
    lengths = np.linalg.norm(np.diff(way, axis=0), axis=1)
    walked = np.concatenate([[0], np.cumsum(lengths)])
    # Equal steps are equal perceived differences.
    positions = np.linspace(0, walked[-1], _STEPS)
    even = np.stack([np.interp(positions, walked, channel) for channel in way.T], axis=1)
    table = np.round(255 * _gamma(_linear_rgb(even).clip(0, 1))).astype(np.uint8)
    table.flags.writeable = False
    return table


def _shown(along: Floats) -> Floats:
    """Return the OKLab colours of the map, each as saturated as sRGB allows."""
    lightness = _LIGHTNESS[0] + (_LIGHTNESS[1] - _LIGHTNESS[0]) * along
    hue = np.deg2rad(_HUE[0] + (_HUE[1] - _HUE[0]) * along)
    weakest, strongest = np.zeros_like(along), np.full_like(along, _CHROMA)
    for _ in range(20):
        chroma = (weakest + strongest) / 2
        fits = _fits_screen(_oklab(lightness, chroma, hue))
        weakest = np.where(fits, chroma, weakest)
        strongest = np.where(fits, strongest, chroma)
    return _oklab(lightness, weakest, hue)


def _oklab(lightness: Floats, chroma: Floats, hue: Floats) -> Floats:
    return np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1)


def _fits_screen(colours: Floats) -> npt.NDArray[np.bool_]:
    rgb = _linear_rgb(colours)
    return np.asarray(((rgb >= 0) & (rgb <= 1)).all(axis=-1))


def _linear_rgb(colours: Floats) -> Floats:
    linear: Floats = (colours @ _TO_CONES.T) ** 3 @ _CONES_TO_RGB.T
    return linear


def _gamma(linear: Floats) -> Floats:
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
