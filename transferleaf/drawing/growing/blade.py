"""A leaf as a flat sheet of tissue, with colour, opacity, relief and gloss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transferleaf.drawing import texture, variation
from transferleaf.drawing.growing.anatomy import Anatomy
from transferleaf.drawing.growing.sheet import Sheet
from transferleaf.drawing.texture import Field, blend, colour
from transferleaf.drawing.variation import pick

# Heights in this package refer to a sheet of this size in pixels.
REFERENCE_SIZE = 400

# Colours of the upper sides of healthy leaves. The green of a leaf is a mixture of them.
_GREENS = np.array(
    [
        (0.52, 0.65, 0.24),
        (0.36, 0.54, 0.22),
        (0.24, 0.42, 0.20),
        (0.17, 0.31, 0.17),
        (0.30, 0.45, 0.31),
        (0.60, 0.66, 0.34),
    ],
    np.float32,
)
_PALE = colour(0.22, 0.22, 0.10)  # the difference between veins and the tissue between them
_REDDISH = colour(0.45, 0.33, 0.22)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blade:
    """A leaf on a square sheet, with its tip upwards.

    Attributes:
        colour: Shape ``(size, size, 3)``, RGB in [0, 1], also outside the leaf.
        opacity: Shape ``(size, size)``, in [0, 1]; 0 outside the leaf and in its holes.
        tissue: Shape ``(size, size)``, in [0, 1]; the blade without its stalk, where diseases
            occur.
        depth: Shape ``(size, size)``, in [0, 1]; 0 at the edge, 1 well inside.
        veins: Shape ``(size, size)``, in [0, 1].
        relief: Shape ``(size, size)``, height in pixels.
        gloss: Shape ``(size, size)``, in [0, 1].
    """

    colour: Field
    opacity: Field
    tissue: Field
    depth: Field
    veins: Field
    relief: Field
    gloss: Field

    @property
    def size(self) -> int:
        """Side of the sheet in pixels."""
        return len(self.opacity)


def healthy_blade(anatomy: Anatomy, rng: np.random.Generator, size: int) -> Blade:
    """Return a healthy leaf with random green, relief and gloss.

    Args:
        anatomy: The anatomy.
        rng: Random generator.
        size: Side of the sheet in pixels.
    """
    sheet = Sheet(anatomy, size)
    tissue = sheet.filled(anatomy.polygons)
    veins = sheet.lines(anatomy.veins)
    stalk = sheet.lines([anatomy.stalk]) if anatomy.stalk else np.zeros_like(tissue)
    # The finest veins are drawn as a texture, because there are too many.
    net = (texture.ridges(rng, size, 26) + texture.ridges(rng, size, 55)) / 2
    # A blurred mask is 0.5 at the edge and 1 well inside.
    depth = np.clip(2 * texture.soften(tissue, size / 16) - 1, 0, 1)
    green = rng.dirichlet(np.full(len(_GREENS), 0.5)).astype(np.float32) @ _GREENS
    coloured = _veined(rng, _mottled(rng, green, size), green, veins, net)
    stem = green * 1.1 + (_REDDISH - green) * np.float32(rng.uniform(0, 0.7))
    relief = _relief(rng, veins, net, depth) + _fold(rng, sheet.column_of(anatomy.veins[0]))
    return Blade(
        colour=blend(coloured, stem, stalk * (1 - tissue)),
        opacity=np.maximum(tissue, stalk),
        tissue=tissue,
        depth=depth,
        veins=veins,
        relief=relief,
        gloss=np.full_like(tissue, pick(rng, variation.GLOSS)),
    )


def _mottled(rng: np.random.Generator, green: Field, size: int) -> Field:
    cloud = texture.clouds(rng, size, 7, octaves=3) * np.float32(pick(rng, variation.MOTTLING))
    fine = texture.clouds(rng, size, size / 3) * np.float32(0.025)
    yellower = colour(1.0, 0.8, 0.5)  # lighter tissue holds less green and no more blue
    return green * (1 + fine[..., None] + cloud[..., None] * yellower)


def _veined(
    rng: np.random.Generator, mottled: Field, green: Field, veins: Field, net: Field
) -> Field:
    beside = texture.soften(veins, len(veins) / 90) * np.float32(0.35)
    paleness = np.float32(pick(rng, variation.VEIN_PALENESS))
    pale = np.clip(green * 1.15 + _PALE, 0, 1)
    veined = blend(mottled, pale, np.maximum(veins, beside) * paleness)
    return blend(veined, green * np.float32(0.82), net * np.float32(0.18))


def _relief(rng: np.random.Generator, veins: Field, net: Field, depth: Field) -> Field:
    size = len(veins)
    unit = size / REFERENCE_SIZE
    grooves = 2.2 * texture.soften(veins, 3 * unit) + 5 * texture.soften(veins, 11 * unit)
    grooves += 0.5 * net
    waves = texture.clouds(rng, size, 4.5, octaves=2) * np.float32(rng.uniform(2, 9))
    curl = (1 - depth) * np.float32(rng.normal(0, 7))
    return (waves + curl - np.float32(pick(rng, variation.RELIEF)) * grooves) * np.float32(unit)


def _fold(rng: np.random.Generator, middle: Field) -> Field:
    """Return the height of the two halves of the blade, folded along the middle vein."""
    size = len(middle)
    away = np.arange(size, dtype=np.float32) - middle[:, None]
    rounding = np.float32(size / 40)  # the crease is a bend, not a cut
    return np.float32(rng.normal(0, variation.FOLD)) * np.sqrt(away**2 + rounding**2)
