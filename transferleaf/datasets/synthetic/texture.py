"""Seeded random fields from which every surface is made: clouds, ridges, soft copies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.float32]  # (height, width), or (height, width, 3) for colours


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
        rng: Where the randomness comes from.
        size: Side of the field, in pixels.
        cells: Bumps along one side; more cells give finer clouds.
        octaves: Layers, each twice as fine and half as strong as the one before.
        stretch: How many times longer than wide a bump is, along the vertical.

    Returns:
        Noise, shape ``(size, size)``, with mean 0 and standard deviation near 1.
    """
    total = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        across = cells * 2**octave
        total += 0.5**octave * _bumps(rng, size, across, across / stretch)
    deviation = float(total.std())
    return total / max(deviation, 1e-6)


def _bumps(rng: np.random.Generator, size: int, across: float, down: float) -> Field:
    # Two spare cells on each side keep the border of the grid out of the picture.
    columns, rows = int(np.ceil(across)) + 4, int(np.ceil(down)) + 4
    grid = rng.standard_normal((rows, columns), np.float32)
    left, top = 2 + rng.random(), 2 + rng.random()
    box = (left, top, min(left + across, columns - 1.0), min(top + down, rows - 1.0))
    picture = Image.fromarray(grid).resize((size, size), Image.Resampling.BICUBIC, box=box)
    return np.asarray(picture, np.float32)


def ridges(rng: np.random.Generator, size: int, cells: float, *, sharpness: float = 3.0) -> Field:
    """Draw a net of thin lines, the zero crossings of smooth noise; values in [0, 1]."""
    return np.clip(1 - sharpness * np.abs(clouds(rng, size, cells)), 0, 1)


def soften(field: Field, radius: float) -> Field:
    """Blur a two-dimensional field over about ``radius`` pixels, keeping float precision."""
    height, width = field.shape
    small = (max(int(width / radius), 2), max(int(height / radius), 2))
    reduced = Image.fromarray(field).resize(small, Image.Resampling.BILINEAR)
    return np.asarray(reduced.resize((width, height), Image.Resampling.BICUBIC), np.float32)


def smoothstep(field: Field, start: float, end: float) -> Field:
    """Rise smoothly from 0 where ``field`` is at ``start`` to 1 where it is at ``end``."""
    ramp = np.clip((field - start) / (end - start), 0, 1).astype(np.float32)
    return ramp * ramp * (3 - 2 * ramp)


def blend(below: Field, above: Field, share: Field) -> Field:
    """Lay colours over colours.

    Args:
        below: Colours, shape ``(height, width, 3)``.
        above: Colours, shape ``(height, width, 3)``, or one colour, shape ``(3,)``.
        share: How much of ``above`` shows, shape ``(height, width)``, in [0, 1].
    """
    mixed = np.empty_like(below)
    # A channel at a time is twice as fast as broadcasting over a last axis of length 3.
    for channel in range(3):
        lower = below[..., channel]
        mixed[..., channel] = lower + (above[..., channel] - lower) * share
    return mixed
