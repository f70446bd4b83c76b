"""Backgrounds of leaf photos: card, cloth, boards, stone, soil, grass, other leaves.

They do not depend on the class, so they give no information about it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from PIL import ImageDraw

from transferleaf.drawing import texture, variation
from transferleaf.drawing.photographing import clutter
from transferleaf.drawing.texture import Field, colour, colours, picture
from transferleaf.drawing.variation import happens

Background = Callable[[np.random.Generator, int], Field]


def draw_background(rng: np.random.Generator, size: int) -> Field:
    """Draw a background, plain or as in a field.

    Args:
        rng: Random generator.
        size: Side in pixels.

    Returns:
        A surface seen from above in even light, shape ``(size, size, 3)``, RGB in [0, 1].
    """
    backgrounds = FIELD if happens(rng, variation.FIELD_CHANCE) else PLAIN
    kind = backgrounds[int(rng.integers(len(backgrounds)))]
    return np.clip(kind(rng, size), 0, 1).astype(np.float32)


def card(rng: np.random.Generator, size: int) -> Field:
    """Smooth card in white, grey, black or a pale colour."""
    tint = _one_of(
        rng,
        (0.90, 0.90, 0.88),
        (0.62, 0.60, 0.64),
        (0.55, 0.50, 0.57),
        (0.80, 0.74, 0.64),
        (0.42, 0.45, 0.50),
        (0.14, 0.14, 0.15),
    )
    grain = 0.02 * texture.clouds(rng, size, size / 2.5)
    stains = 0.015 * texture.clouds(rng, size, 3, octaves=2)
    return tint * (1 + grain + stains)[..., None]


def cloth(rng: np.random.Generator, size: int) -> Field:
    """Woven cloth, whose threads cross at right angles."""
    tint = _one_of(
        rng,
        (0.30, 0.36, 0.50),
        (0.66, 0.58, 0.46),
        (0.50, 0.20, 0.20),
        (0.75, 0.75, 0.74),
        (0.25, 0.25, 0.27),
        (0.42, 0.47, 0.38),
    )
    turn = rng.uniform(0, np.pi)
    thread = rng.uniform(0.9, 1.5) * size / 400
    row, column = np.mgrid[:size, :size].astype(np.float32)
    warp: Field = np.sin((row * np.cos(turn) + column * np.sin(turn)) / thread)
    weft: Field = np.sin((column * np.cos(turn) - row * np.sin(turn)) / thread)
    folds = rng.uniform(0.02, 0.08) * texture.clouds(rng, size, 3)
    fluff = 0.05 * texture.clouds(rng, size, size / 3)
    uneven: Field = 1 + 0.07 * (warp + weft) + folds + fluff
    return tint * uneven[..., None]


def boards(rng: np.random.Generator, size: int) -> Field:
    """A wooden bench with its grain and a gap between two boards."""
    tint = _one_of(
        rng, (0.68, 0.54, 0.38), (0.50, 0.36, 0.24), (0.55, 0.50, 0.44), (0.36, 0.26, 0.20)
    )
    grain = texture.clouds(rng, size, 50, octaves=3, stretch=25)
    rings = np.sin(6 * texture.clouds(rng, size, 2.5, stretch=6) + grain)
    wood = tint * (1 + 0.06 * grain + 0.06 * rings)[..., None]
    gap = int(rng.integers(size // 6, size))
    wood[:, gap : gap + max(size // 90, 1)] *= 0.45
    return np.rot90(wood) if happens(rng, 0.5) else wood


def stone(rng: np.random.Generator, size: int) -> Field:
    """Concrete or stone: grey, speckled, sometimes cracked."""
    tint = _one_of(rng, (0.60, 0.60, 0.58), (0.45, 0.44, 0.44), (0.68, 0.64, 0.57))
    speckle = 0.045 * texture.clouds(rng, size, size / 4, octaves=2)
    patches = 0.07 * texture.clouds(rng, size, 5, octaves=4)
    cracks = rng.uniform(0, 0.3) * texture.ridges(rng, size, 4, sharpness=40)
    uneven: Field = 1 + speckle + patches - cracks
    return tint * uneven[..., None]


def soil(rng: np.random.Generator, size: int) -> Field:
    """Crumbly earth with stones and straw."""
    earth = _one_of(
        rng, (0.40, 0.30, 0.21), (0.50, 0.36, 0.26), (0.30, 0.26, 0.22), (0.52, 0.33, 0.22)
    )
    crumbs = texture.clouds(rng, size, 12, octaves=5)
    light = np.diff(crumbs, axis=0, prepend=crumbs[:1]) * (size / 60)
    ground = picture(earth * (1 + 0.16 * np.clip(light, -2, 2) + 0.1 * crumbs)[..., None])
    draw = ImageDraw.Draw(ground)
    for _ in range(int(rng.integers(5, 40))):
        shade = np.float32(rng.uniform(0.7, 1.6))
        clutter.stone(rng, draw, earth * shade, radius=size * rng.uniform(0.004, 0.02))
    for _ in range(int(rng.integers(0, 25))):
        straw = colour(0.72, 0.62, 0.42)
        clutter.stroke(rng, draw, straw, length=size * rng.uniform(0.05, 0.3), width=size / 180)
    return colours(clutter.out_of_focus(ground, rng.uniform(0.3, 1.5)))


def grass(rng: np.random.Generator, size: int) -> Field:
    """A lawn from above: many thin blades in all directions, the upper ones in the light."""
    ground = picture(np.full((size, size, 3), (0.13, 0.17, 0.08), np.float32))
    draw = ImageDraw.Draw(ground)
    for light in np.linspace(0.35, 1.15, 420):
        green = _plant_green(rng) * np.float32(light * rng.uniform(0.75, 1.2))
        length, width = size * rng.uniform(0.1, 0.45), size * rng.uniform(0.005, 0.013)
        clutter.stroke(rng, draw, green, length=length, width=width)
    return colours(clutter.out_of_focus(ground, rng.uniform(0.8, 3.5)))


def foliage(rng: np.random.Generator, size: int) -> Field:
    """Other leaves, out of focus, behind the one that is photographed."""
    ground = picture(np.full((size, size, 3), (0.09, 0.12, 0.07), np.float32))
    draw = ImageDraw.Draw(ground)
    for light in np.linspace(0.4, 1.25, 60):
        green = _plant_green(rng) * np.float32(light)
        clutter.leaf(rng, draw, green, length=size * rng.uniform(0.08, 0.26))
    blurred = colours(clutter.out_of_focus(ground, rng.uniform(2.5, 8)))
    return blurred * (1 + 0.12 * texture.clouds(rng, size, 9, octaves=2))[..., None]


def _one_of(rng: np.random.Generator, *tints: tuple[float, float, float]) -> Field:
    """Return one of the colours, slightly varied in brightness and hue."""
    chosen = colour(*tints[int(rng.integers(len(tints)))])
    off: Field = rng.normal(0, 0.015, 3).astype(np.float32)
    return chosen * np.float32(rng.uniform(0.85, 1.15)) + off


def _plant_green(rng: np.random.Generator) -> Field:
    if happens(rng, 0.1):
        return colour(0.60, 0.55, 0.30)  # dry
    fresh, dark = colour(0.42, 0.55, 0.20), colour(0.20, 0.34, 0.16)
    return dark + (fresh - dark) * np.float32(rng.random())


# Card is the most frequent, as in most collections of leaf photos.
PLAIN: Final[tuple[Background, ...]] = (card, card, cloth, boards, stone)
FIELD: Final[tuple[Background, ...]] = (soil, grass, foliage)
