"""Small objects in backgrounds: stones, stalks and leaves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from transferleaf.drawing.growing.blade import REFERENCE_SIZE
from transferleaf.drawing.texture import Field


def stone(
    rng: np.random.Generator, draw: ImageDraw.ImageDraw, tint: Field, *, radius: float
) -> None:
    """Draw an oval at a random position; ``radius`` in pixels."""
    x, y = _anywhere(rng, draw)
    wide = radius * rng.uniform(0.7, 1.4)
    draw.ellipse((x - wide, y - radius, x + wide, y + radius), fill=_ink(tint))


def stroke(
    rng: np.random.Generator,
    draw: ImageDraw.ImageDraw,
    tint: Field,
    *,
    length: float,
    width: float,
) -> None:
    """Draw a bent stalk at a random position; ``length`` and ``width`` in pixels."""
    turn = rng.uniform(0, 2 * np.pi)
    start = _anywhere(rng, draw)
    middle = start + length / 2 * _unit(turn)
    end = middle + length / 2 * _unit(turn + rng.normal(0, 0.5))
    points = _pairs(np.stack([start, middle, end]))
    draw.line(points, fill=_ink(tint), width=max(round(width), 1), joint="curve")


def leaf(
    rng: np.random.Generator, draw: ImageDraw.ImageDraw, tint: Field, *, length: float
) -> None:
    """Draw a generic oval leaf at a random position; ``length`` in pixels."""
    along = np.linspace(0, 1, 14)
    wide = rng.uniform(0.2, 0.5) * np.sin(np.pi * along**0.8)
    right = np.stack([along, wide], axis=1)
    outline = np.concatenate([right, right[::-1] * [1, -1]])
    forwards = _unit(rng.uniform(0, 2 * np.pi))
    turned = length * np.stack([forwards, forwards[::-1] * [-1, 1]])
    # Some leaves reach into the picture from outside.
    place = 1.2 * _anywhere(rng, draw) - 0.1 * np.array(draw.im.size)
    draw.polygon(_pairs(outline @ turned + place), fill=_ink(tint))
    rib = np.array([(0, 0), (0.95, 0)]) @ turned + place
    draw.line(_pairs(rib), fill=_ink(tint * np.float32(1.25)), width=2)


def out_of_focus(ground: Image.Image, radius: float) -> Image.Image:
    """Blur a picture by ``radius`` pixels of a picture of the reference size."""
    return ground.filter(ImageFilter.GaussianBlur(radius * ground.width / REFERENCE_SIZE))


def _anywhere(rng: np.random.Generator, draw: ImageDraw.ImageDraw) -> NDArray[np.float64]:
    width, height = draw.im.size
    return rng.uniform((0, 0), (width, height))


def _unit(turn: float) -> NDArray[np.float64]:
    return np.array([np.cos(turn), np.sin(turn)])


def _pairs(points: NDArray[np.float64]) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in points]


def _ink(tint: Field) -> tuple[int, ...]:
    return tuple(int(value) for value in np.clip(tint, 0, 1) * 255)
