"""What a leaf is photographed on: paper, cloth, a bench, soil, grass, other leaves.

No function here knows the class, so a background tells nothing about it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from transferleaf.datasets.synthetic import texture, variation
from transferleaf.datasets.synthetic.texture import Field
from transferleaf.datasets.synthetic.variation import happens

Background = Callable[[np.random.Generator, int], Field]


def draw_background(rng: np.random.Generator, size: int) -> Field:
    """Draw one of the backgrounds, plain or as in the field.

    Args:
        rng: Where the randomness comes from.
        size: Side in pixels.

    Returns:
        A surface seen from above in even light, shape ``(size, size, 3)``, RGB in [0, 1].
    """
    kinds = FIELD if happens(rng, variation.FIELD_CHANCE) else PLAIN
    kind = kinds[int(rng.integers(len(kinds)))]
    return np.clip(kind(rng, size), 0, 1).astype(np.float32)


def paper(rng: np.random.Generator, size: int) -> Field:
    """Smooth card in white, grey, or a pale colour."""
    colour = _one_of(rng, (0.9, 0.9, 0.88), (0.62, 0.6, 0.64), (0.55, 0.5, 0.57), (0.8, 0.74, 0.64),
                     (0.42, 0.45, 0.5), (0.14, 0.14, 0.15))  # fmt: skip
    grain = texture.clouds(rng, size, size / 2.5) * 0.02
    stains = texture.clouds(rng, size, 3, octaves=2) * 0.015
    return colour * (1 + grain + stains)[..., None]


def cloth(rng: np.random.Generator, size: int) -> Field:
    """Woven cloth, its threads crossing at right angles."""
    colour = _one_of(rng, (0.3, 0.36, 0.5), (0.66, 0.58, 0.46), (0.5, 0.2, 0.2), (0.75, 0.75, 0.74),
                     (0.25, 0.25, 0.27), (0.42, 0.47, 0.38))  # fmt: skip
    turn = rng.uniform(0, np.pi)
    thread = rng.uniform(0.9, 1.5) * size / 400
    row, column = np.mgrid[:size, :size].astype(np.float32)
    warp = np.sin((row * np.cos(turn) + column * np.sin(turn)) / thread)
    weft = np.sin((column * np.cos(turn) - row * np.sin(turn)) / thread)
    folds = texture.clouds(rng, size, 3) * rng.uniform(0.02, 0.08)
    fluff = texture.clouds(rng, size, size / 3) * 0.05
    return colour * (1 + 0.07 * (warp + weft) + folds + fluff)[..., None]


def bench(rng: np.random.Generator, size: int) -> Field:
    """Wooden boards with their grain."""
    light = _one_of(
        rng, (0.68, 0.54, 0.38), (0.5, 0.36, 0.24), (0.55, 0.5, 0.44), (0.36, 0.26, 0.2)
    )
    grain = texture.clouds(rng, size, 50, octaves=3, stretch=25)
    rings = np.sin(6 * texture.clouds(rng, size, 2.5, stretch=6) + grain)
    board = light * (1 + 0.06 * grain + 0.06 * rings)[..., None]
    gap = int(rng.integers(size // 6, size))
    board[:, gap : gap + max(size // 90, 1)] *= 0.45
    return _turned(rng, board)


def soil(rng: np.random.Generator, size: int) -> Field:
    """Crumbly earth with stones and straw."""
    earth = _one_of(
        rng, (0.40, 0.30, 0.21), (0.50, 0.36, 0.26), (0.30, 0.26, 0.22), (0.52, 0.33, 0.22)
    )
    height = texture.clouds(rng, size, 12, octaves=5)
    light = np.diff(height, axis=0, prepend=height[:1]) * size / 60
    ground = earth * (1 + 0.16 * np.clip(light, -2, 2) + 0.1 * height)[..., None]
    sheet = _picture(ground)
    draw = ImageDraw.Draw(sheet)
    for _ in range(int(rng.integers(5, 40))):
        shade = rng.uniform(0.7, 1.6)
        _ellipse(rng, draw, size * rng.uniform(0.004, 0.02), earth * shade)
    for _ in range(int(rng.integers(0, 25))):
        _stroke(rng, draw, size * rng.uniform(0.05, 0.3), np.array([0.72, 0.62, 0.42]), size // 180)
    return _softly(sheet, rng.uniform(0.3, 1.5) * size / 400)


def grass(rng: np.random.Generator, size: int) -> Field:
    """A lawn from above: many thin blades in all directions."""
    sheet = _picture(np.ones((size, size, 3)) * [0.13, 0.17, 0.08])
    draw = ImageDraw.Draw(sheet)
    for depth in np.linspace(0.35, 1.15, 420):
        green = _leafy(rng) * depth * rng.uniform(0.75, 1.2)
        _stroke(rng, draw, size * rng.uniform(0.1, 0.45), green, size * rng.uniform(0.005, 0.013))
    return _softly(sheet, rng.uniform(0.8, 3.5) * size / 400)


def foliage(rng: np.random.Generator, size: int) -> Field:
    """Other leaves out of focus behind the one that is photographed."""
    sheet = _picture(np.ones((size, size, 3)) * [0.09, 0.12, 0.07])
    draw = ImageDraw.Draw(sheet)
    for depth in np.linspace(0.4, 1.25, 60):
        _leaf_shape(rng, draw, size * rng.uniform(0.08, 0.26), _leafy(rng) * depth)
    spots = texture.clouds(rng, size, 9, octaves=2)
    return _softly(sheet, rng.uniform(2.5, 8) * size / 400) * (1 + 0.12 * spots)[..., None]


def stone(rng: np.random.Generator, size: int) -> Field:
    """Concrete or stone: grey, speckled, with cracks."""
    grey = _one_of(rng, (0.6, 0.6, 0.58), (0.45, 0.44, 0.44), (0.68, 0.64, 0.57))
    speckle = texture.clouds(rng, size, size / 4, octaves=2) * 0.045
    patches = texture.clouds(rng, size, 5, octaves=4) * 0.07
    cracks = texture.ridges(rng, size, 4, sharpness=40) * rng.uniform(0, 0.3)
    return grey * (1 + speckle + patches - cracks)[..., None]


def _one_of(rng: np.random.Generator, *colours: tuple[float, float, float]) -> Field:
    chosen = np.array(colours[int(rng.integers(len(colours)))], np.float32)
    return (chosen * rng.uniform(0.85, 1.15) + rng.normal(0, 0.015, 3)).astype(np.float32)


def _leafy(rng: np.random.Generator) -> Field:
    fresh, dark, dry = np.array([(0.42, 0.55, 0.2), (0.2, 0.34, 0.16), (0.6, 0.55, 0.3)])
    share = rng.random()
    return np.asarray(fresh * share + dark * (1 - share) if share < 0.9 else dry, np.float32)


def _turned(rng: np.random.Generator, surface: Field) -> Field:
    return np.rot90(surface) if rng.random() < 0.5 else surface


def _picture(colours: Field) -> Image.Image:
    return Image.fromarray((np.clip(colours, 0, 1) * 255).astype(np.uint8))


def _softly(sheet: Image.Image, radius: float) -> Field:
    return np.asarray(sheet.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255


def _ink(colour: Field) -> tuple[int, ...]:
    return tuple(int(value) for value in np.clip(colour, 0, 1) * 255)


def _ellipse(
    rng: np.random.Generator, draw: ImageDraw.ImageDraw, radius: float, colour: Field
) -> None:
    x, y = rng.random(2) * draw.im.size[0]
    wide, tall = radius * rng.uniform(0.7, 1.4), radius
    draw.ellipse([x - wide, y - tall, x + wide, y + tall], fill=_ink(colour))


def _stroke(
    rng: np.random.Generator, draw: ImageDraw.ImageDraw, length: float, colour: Field, width: float
) -> None:
    start = rng.random(2) * draw.im.size[0]
    turn = rng.uniform(0, 2 * np.pi)
    bend = turn + rng.normal(0, 0.5)
    middle = start + length / 2 * np.array([np.cos(turn), np.sin(turn)])
    end = middle + length / 2 * np.array([np.cos(bend), np.sin(bend)])
    points = [tuple(start), tuple(middle), tuple(end)]
    draw.line(points, fill=_ink(colour), width=max(round(width), 1), joint="curve")


def _leaf_shape(
    rng: np.random.Generator, draw: ImageDraw.ImageDraw, length: float, colour: Field
) -> None:
    along = np.linspace(0, 1, 14)
    wide = rng.uniform(0.2, 0.5) * np.sin(np.pi * along**0.8)
    shape = np.concatenate([np.stack([wide, along], 1), np.stack([-wide, along], 1)[::-1]])
    turn = rng.uniform(0, 2 * np.pi)
    onto = length * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    place = rng.random(2) * draw.im.size[0] * 1.2 - 0.1 * draw.im.size[0]
    draw.polygon([tuple(point) for point in shape @ onto + place], fill=_ink(colour))
    rib = np.array([(0, 0), (0, 0.95)]) @ onto + place
    draw.line([tuple(point) for point in rib], fill=_ink(colour * 1.25), width=2)


PLAIN: Final[tuple[Background, ...]] = (paper, cloth, bench, stone)
FIELD: Final[tuple[Background, ...]] = (soil, grass, foliage)
