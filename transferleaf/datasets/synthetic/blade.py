"""A leaf as a flat sheet of pixels: its colour, opacity, relief and gloss, before any photo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from transferleaf.datasets.synthetic import texture, variation
from transferleaf.datasets.synthetic.anatomy import Anatomy, Points, Vein
from transferleaf.datasets.synthetic.texture import Field
from transferleaf.datasets.synthetic.variation import pick

_FILL = 0.8  # share of the sheet's side that a blade as wide as long takes
_OVERSAMPLING = 2  # lines are drawn this much larger, then averaged down

# Upper sides of healthy leaves, RGB in [0, 1]; a leaf's green lies between three of them.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Blade:
    """One leaf on a square sheet with its tip upwards.

    Attributes:
        colour: Shape ``(size, size, 3)``, RGB in [0, 1], defined outside the leaf too.
        opacity: Shape ``(size, size)``, in [0, 1]; 0 outside the leaf and in its holes.
        tissue: Shape ``(size, size)``, in [0, 1]; the blade without its stalk, where
            diseases live.
        depth: Shape ``(size, size)``, in [0, 1]; near 0 at the edge, 1 well inside.
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
        return int(self.opacity.shape[0])


def healthy_blade(anatomy: Anatomy, rng: np.random.Generator, size: int) -> Blade:
    """Turn a leaf plan into a healthy leaf with its own green, relief and gloss."""
    place = _Placement(anatomy, size)
    tissue = place.filled(anatomy.polygons)
    veins = place.lines(anatomy.veins)
    stalk = place.lines([anatomy.stalk]) if anatomy.stalk else np.zeros_like(tissue)
    opacity = np.maximum(tissue, stalk)
    depth = _depth(tissue)
    net = texture.ridges(rng, size, 26) * 0.5 + texture.ridges(rng, size, 55) * 0.5
    return Blade(
        colour=_green(rng, tissue, stalk, veins, net),
        opacity=opacity,
        tissue=tissue,
        depth=depth,
        veins=veins,
        relief=_relief(rng, veins, net, depth) + _fold(rng, place.column_of(anatomy.veins[0]), size),
        gloss=np.full_like(tissue, pick(rng, variation.GLOSS)),
    )


class _Placement:
    """Maps leaf units to the pixels of a sheet and draws there."""

    def __init__(self, anatomy: Anatomy, size: int) -> None:
        corners = np.concatenate(anatomy.polygons)
        low, high = corners.min(axis=0), corners.max(axis=0)
        short, long = np.sort(high - low)
        self._centre = (low + high) / 2
        self._side = size * _OVERSAMPLING
        # People step nearer to a slender leaf; a long stalk runs off the sheet as if cut.
        self._scale = self._side * _FILL / float(0.7 * long + 0.3 * short)

    def _pixels(self, points: Points) -> Points:
        return (points - self._centre) * self._scale * [1, -1] + self._side / 2

    def filled(self, polygons: Iterable[Points]) -> Field:
        """Paint closed outlines; values in [0, 1]."""
        sheet = Image.new("L", (self._side, self._side))
        draw = ImageDraw.Draw(sheet)
        for polygon in polygons:
            draw.polygon([tuple(point) for point in self._pixels(polygon)], fill=255)
        return _shrunk(sheet)

    def column_of(self, vein: Vein) -> Field:
        """The column at which a vein crosses each row of the sheet, shape ``(size,)``."""
        columns, rows = self._pixels(vein.path)[::-1].T / _OVERSAMPLING
        size = self._side // _OVERSAMPLING
        return np.interp(np.arange(size), rows, columns).astype(np.float32)

    def lines(self, veins: Iterable[Vein]) -> Field:
        """Paint tapering lines; values in [0, 1]."""
        sheet = Image.new("L", (self._side, self._side))
        draw = ImageDraw.Draw(sheet)
        for vein in veins:
            points = [tuple(point) for point in self._pixels(vein.path)]
            widths = np.linspace(*vein.width, len(points)) * self._scale
            for start, end, width in zip(points, points[1:], widths, strict=False):
                draw.line([start, end], fill=255, width=max(round(float(width)), 1))
        return _shrunk(sheet)


def _shrunk(sheet: Image.Image) -> Field:
    return np.asarray(sheet.reduce(_OVERSAMPLING), np.float32) / 255


def _depth(tissue: Field) -> Field:
    # A blurred mask is one half on the edge and 1 well inside.
    wide = texture.soften(tissue, len(tissue) / 16)
    return np.clip(2 * wide - 1, 0, 1)


def _green(
    rng: np.random.Generator, tissue: Field, stalk: Field, veins: Field, net: Field
) -> Field:
    size = len(tissue)
    shares = rng.dirichlet(np.full(len(_GREENS), 0.5)).astype(np.float32)
    green = shares @ _GREENS
    mottling = pick(rng, variation.MOTTLING)
    cloud = texture.clouds(rng, size, 7, octaves=3) * mottling
    fine = texture.clouds(rng, size, size / 3) * 0.025
    tint = np.array([1.0, 0.8, 0.5], np.float32)  # lighter tissue is yellower
    colour = green * (1 + fine[..., None] + cloud[..., None] * tint)
    paleness = pick(rng, variation.VEIN_PALENESS)
    pale = np.clip(green * 1.15 + np.array([0.22, 0.22, 0.10], np.float32), 0, 1)
    halo = texture.soften(veins, size / 90) * 0.35
    colour = texture.blend(colour, pale, np.maximum(veins, halo) * paleness)
    colour = texture.blend(colour, green * 0.82, net * 0.18)
    reddish = np.array([0.45, 0.33, 0.22], np.float32)
    stem = green * 1.1 + (reddish - green) * rng.uniform(0, 0.7)
    return texture.blend(colour, stem, stalk * (1 - tissue))


def _relief(rng: np.random.Generator, veins: Field, net: Field, depth: Field) -> Field:
    size = len(veins)
    unit = size / 400  # heights below were chosen on a sheet of 400 px
    grooves = texture.soften(veins, 3 * unit) * 2.2 + texture.soften(veins, 11 * unit) * 5
    waves = texture.clouds(rng, size, 4.5, octaves=2) * rng.uniform(2, 9)
    curl = (1 - depth) * rng.normal(0, 7)
    strength = pick(rng, variation.RELIEF)
    return (strength * (-grooves - 0.5 * net) + waves + curl) * unit


def _fold(rng: np.random.Generator, middle: Field, size: int) -> Field:
    """Height of the two halves of the blade, folded up or down along the middle vein."""
    away = np.arange(size, dtype=np.float32)[None, :] - middle[:, None]
    rounding = size / 40  # the crease is a bend, not a cut
    return np.float32(rng.normal(0, 0.2)) * np.sqrt(away**2 + np.float32(rounding**2))
