"""The drawn diseases. A disease looks the same on all its crops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np

from transferleaf.drawing import texture
from transferleaf.drawing.growing.blade import REFERENCE_SIZE, Blade
from transferleaf.drawing.growing.lesions import clustered, lesion_field, scatter
from transferleaf.drawing.texture import Field, blend, colour, smoothstep

Infect = Callable[[Blade, np.random.Generator, float], Blade]
"""A function of a healthy blade, a random generator and the severity, in [0, 1]."""

_YELLOW = colour(0.72, 0.68, 0.26)  # tissue that has lost its green around a lesion


def leaf_spot(blade: Blade, rng: np.random.Generator, severity: float) -> Blade:
    """Round dead spots, pale in the middle, with a dark rim, some in a yellow halo."""
    size = blade.size
    where = clustered(rng, blade.tissue, strength=0.8)
    count = round((5 + 45 * severity) * rng.uniform(0.6, 1.4))
    spots = scatter(rng, where, count=count, radius=(0.008, 0.017 + 0.017 * severity))
    field = lesion_field(spots, size) + 0.13 * texture.clouds(rng, size, 45, octaves=2)
    rim, middle = _shade(rng, (0.22, 0.16, 0.10), 0.03), _shade(rng, (0.57, 0.48, 0.36), 0.07)
    coloured = _haloed(blade.colour, field, rng.uniform(0, 0.8))
    coloured = blend(coloured, rim, _inside(field, 0.8, 1.2) * 0.92)
    coloured = blend(coloured, middle, _inside(field, 0.2, 0.9) * rng.uniform(0.6, 1))
    dead = _inside(field, 0.8, 1.1)
    return _changed(blade, coloured, raised=-1.2 * dead, matte=dead)


def rust(blade: Blade, rng: np.random.Generator, severity: float) -> Blade:
    """Very many tiny raised orange-brown dots, crowded in places, on yellowed ground."""
    size = blade.size
    where = clustered(rng, blade.tissue, strength=1.3) * (1 - 0.8 * blade.veins)
    count = round((30 + 260 * severity) * rng.uniform(0.7, 1.3))
    dots = scatter(rng, where, count=count, radius=(0.0035, 0.0095), stretch=(0.8, 1.9))
    field = lesion_field(dots, size, reach=3.2) + 0.15 * texture.clouds(rng, size, 80)
    coloured = blend(blade.colour, _YELLOW, _inside(field, 1.0, 3.0) * rng.uniform(0.2, 0.7))
    pustule = _inside(field, 0.7, 1.2)
    coloured = blend(coloured, _shade(rng, (0.68, 0.33, 0.10), 0.07), pustule * 0.95)
    return _changed(blade, coloured, raised=2.0 * pustule, matte=pustule)


def powdery_mildew(blade: Blade, rng: np.random.Generator, severity: float) -> Blade:
    """White felted patches with feathery edges, which hide the gloss below."""
    size = blade.size
    where = clustered(rng, blade.tissue, strength=0.6)
    count = round((3 + 16 * severity) * rng.uniform(0.6, 1.4))
    patches = scatter(rng, where, count=count, radius=(0.025, 0.06 + 0.07 * severity))
    field = lesion_field(patches, size) + 0.22 * texture.clouds(rng, size, 18, octaves=3)
    felt = np.clip(0.75 + 0.3 * texture.clouds(rng, size, size / 5, octaves=2), 0, 1.2)
    cover = np.clip(_inside(field, 0.15, 1.2) * felt * rng.uniform(0.5, 0.9), 0, 0.95)
    coloured = blend(blade.colour, _shade(rng, (0.86, 0.87, 0.84), 0.03), cover)
    return _changed(blade, coloured, raised=0.4 * felt * cover, matte=cover)


def blight(blade: Blade, rng: np.random.Generator, severity: float) -> Blade:
    """Few large dead areas, ringed and crumpled, most of them from the edge inwards."""
    size = blade.size
    room = float(np.sqrt(blade.tissue.mean()))  # a slender leaf has room for less decay
    where = np.where(blade.tissue > 0.5, 1.15 - blade.depth, 0).astype(np.float32)
    count = round(1 + 4 * severity * rng.uniform(0.5, 1.5))
    radius = (0.09 * room, (0.15 + 0.14 * severity) * room)
    areas = scatter(rng, where, count=count, radius=radius, stretch=(1.2, 2.8))
    field = lesion_field(areas, size) + 0.16 * texture.clouds(rng, size, 9, octaves=4)
    coloured = _haloed(blade.colour, field, rng.uniform(0.3, 0.9))
    coloured = blend(coloured, _shade(rng, (0.25, 0.21, 0.12), 0.03), _inside(field, 0.95, 1.15))
    rings = 0.05 * np.sin(field * np.float32(rng.uniform(16, 26)))
    streaks = 0.06 * texture.clouds(rng, size, 40, octaves=2)
    withered = _shade(rng, (0.50, 0.39, 0.25), 0.06) * (1 + rings + streaks)[..., None]
    coloured = blend(coloured, withered, _inside(field, 0.78, 0.98))
    dead = _inside(field, 0.8, 1.1)
    crumpled = texture.clouds(rng, size, 30, octaves=2) - 2
    return _changed(blade, coloured, raised=crumpled * dead, matte=dead)


def mosaic(blade: Blade, rng: np.random.Generator, severity: float) -> Blade:
    """A patchwork of pale and dark green that keeps to the veins, on a blistered surface."""
    size = blade.size
    patches = texture.clouds(rng, size, rng.uniform(11, 20), octaves=4)
    patches -= 1.3 * texture.soften(blade.veins, size / 60)  # tissue along veins stays dark
    pale = smoothstep(patches, rng.uniform(-0.5, -0.1), rng.uniform(0.2, 0.9))
    light = blade.colour * np.float32(0.45) + _shade(rng, (0.42, 0.42, 0.13), 0.03)
    dark = blade.colour * colour(0.80, 0.88, 0.85)
    coloured = blend(dark, light, pale * (0.3 + 0.55 * severity))
    blisters = (2 + 4 * severity) * texture.soften(pale, size / 60)
    return _changed(blade, coloured, raised=blisters, matte=0.3 * pale)


def _inside(field: Field, whole: float, none: float) -> Field:
    """Return 1 if a lesion field is below ``whole``, falling to 0 above ``none``."""
    return 1 - smoothstep(field, whole, none)


def _haloed(coloured: Field, field: Field, strength: float) -> Field:
    return blend(coloured, _YELLOW, _inside(field, 0.95, 1.75) * strength)


def _shade(rng: np.random.Generator, usual: tuple[float, float, float], spread: float) -> Field:
    """Return a random variant of a colour: lighter or darker, and slightly different in hue."""
    off: Field = (rng.normal(0, spread) + rng.normal(0, spread / 3, 3)).astype(np.float32)
    return colour(*usual) + off


def _changed(blade: Blade, coloured: Field, *, raised: Field, matte: Field) -> Blade:
    """Return the blade with new colours, raised by ``raised`` reference pixels, and less gloss."""
    return replace(
        blade,
        colour=coloured,
        relief=blade.relief + raised * (blade.size / REFERENCE_SIZE),
        gloss=blade.gloss * (1 - matte),
    )


DISEASES: Final = MappingProxyType[str, Infect](
    {
        "Blight": blight,
        "Leaf_spot": leaf_spot,
        "Mosaic": mosaic,
        "Powdery_mildew": powdery_mildew,
        "Rust": rust,
    }
)
