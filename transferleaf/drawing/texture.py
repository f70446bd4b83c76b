"""Seeded random fields for surfaces: clouds, ridges and blurring."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# (height, width), or (height, width, 3) for colours; float32, for speed.
Field = NDArray[np.floating[Any]]


def clouds(
    rng: np.random.Generator,
    size: int,
    cells: float,
    *,
    octaves: int = 1,
    stretch: float = 1.0,
) -> Field:
    """Draw smooth noise.

    Args:
        rng: Random generator.
        size: Side of the field, in pixels.
        cells: Bumps along one side. More cells give finer clouds.
        octaves: Layers, each twice as fine and half as strong as the one before.
        stretch: Ratio of height and width of a bump.

    Returns:
        Noise, shape ``(size, size)``, with a mean near 0 and standard deviation 1.
    """
    total = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        across = cells * 2**octave
        total += 0.5**octave * _bumps(rng, size, across, across / stretch)
    return total / np.float32(total.std())


def _bumps(rng: np.random.Generator, size: int, across: float, down: float) -> Field:
    # Two additional cells on each side keep the border of the grid outside the picture.
    columns, rows = int(np.ceil(across)) + 4, int(np.ceil(down)) + 4
    grid = rng.standard_normal((rows, columns), np.float32)
    left, top = 2 + rng.random(), 2 + rng.random()
    box = (left, top, min(left + across, columns - 1.0), min(top + down, rows - 1.0))
    enlarged = Image.fromarray(grid).resize((size, size), Image.Resampling.BICUBIC, box=box)
    return np.asarray(enlarged, np.float32)


def ridges(rng: np.random.Generator, size: int, cells: float, *, sharpness: float = 3.0) -> Field:
    """Draw a net of thin lines, where smooth noise crosses zero; values in [0, 1].

    Args:
        rng: Random generator.
        size: Side of the field, in pixels.
        cells: Approximate number of meshes along one side.
        sharpness: Larger values give thinner lines.
    """
    return np.clip(1 - sharpness * np.abs(clouds(rng, size, cells)), 0, 1)


def soften(field: Field, radius: float) -> Field:
    """Blur a field of shape ``(height, width)`` over about ``radius`` pixels.

    Pillow's blur uses 8 bits, whose steps would be visible in slanting light.
    """
    height, width = field.shape
    small = (max(int(width / radius), 2), max(int(height / radius), 2))
    reduced = Image.fromarray(field).resize(small, Image.Resampling.BILINEAR)
    return np.asarray(reduced.resize((width, height), Image.Resampling.BICUBIC), np.float32)


def smoothstep(field: Field, start: float, end: float) -> Field:
    """Rise smoothly from 0, where ``field`` is at ``start``, to 1, where it is at ``end``."""
    ramp: Field = np.clip((field - np.float32(start)) / np.float32(end - start), 0, 1)
    return ramp * ramp * (3 - 2 * ramp)


def blend(below: Field, above: Field, share: Field) -> Field:
    """Blend two colours.

    Args:
        below: Colours, shape ``(height, width, 3)``.
        above: Colours, shape ``(height, width, 3)``, or one colour, shape ``(3,)``.
        share: Opacity of ``above``, shape ``(height, width)``, in [0, 1].

    Returns:
        Colours, shape ``(height, width, 3)``.
    """
    mixed = np.empty_like(below)
    # One channel at a time is twice as fast as broadcasting over a last axis of length 3.
    for channel in range(3):
        lower = below[..., channel]
        mixed[..., channel] = lower + (above[..., channel] - lower) * share
    return mixed


def colour(red: float, green: float, blue: float) -> Field:
    """Return an RGB colour, shape ``(3,)``, in [0, 1]."""
    return np.array([red, green, blue], np.float32)


def picture(colours: Field) -> Image.Image:
    """Return colours, shape ``(height, width, 3)``, RGB in [0, 1], as an 8-bit picture."""
    return Image.fromarray((np.clip(colours, 0, 1) * 255 + 0.5).astype(np.uint8))


def colours(shown: Image.Image) -> Field:
    """Return the colours of a picture, as the inverse of ``picture``."""
    return np.asarray(shown, np.float32) / 255
