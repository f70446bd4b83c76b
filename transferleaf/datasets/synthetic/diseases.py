"""How each disease changes a healthy leaf; every disease looks alike on all its crops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np

from transferleaf.datasets.synthetic import texture
from transferleaf.datasets.synthetic.blade import Blade
from transferleaf.datasets.synthetic.lesions import clustered, lesion_field, scatter
from transferleaf.datasets.synthetic.texture import Field, blend, smoothstep

Infect = Callable[[Blade, np.random.Generator, float], Blade]

_YELLOW = np.array([0.72, 0.68, 0.26], np.float32)


def leaf_spot(blade: Blade, rng: np.random.Generator, severity: float) -> Blade:
    """Round spots: a grey or tan middle inside a dark rim, some with a yellow halo."""
    size = blade.size
    where = clustered(rng, blade.tissue, strength=0.8)
    count = round(5 + 45 * severity * rng.uniform(0.6, 1.4))
    spots = scatter(rng, where, count=count, radius=(0.008, 0.017 + 0.017 * severity))
    field = lesion_field(spots, size) + 0.13 * texture.clouds(rng, size, 45, octaves=2)
    middle = _shade(rng, (0.57, 0.48, 0.36), 0.07)
    rim = _shade(rng, (0.22, 0.16, 0.10), 0.03)
    colour = _halo(blade.colour, field, rng.uniform(0, 0.8))
    colour = blend(colour, rim, (1 - smoothstep(field, 0.8, 1.2)) * 0.92)
    pale = (1 - smoothstep(field, 0.2, 0.9)) * rng.uniform(0.6, 1)
    colour = blend(colour, middle, pale)
    dead = 1 - smoothstep(field, 0.8, 1.1)
    return _worn(blade, colour, sunken=dead * 1.2, matte=dead)


def rust(blade: Blade, rng: np.random.Generator, severity: float) -> Blade:
    """Very many tiny raised orange-brown dots, crowded in places, on yellowed ground."""
    size = blade.size
    where = clustered(rng, blade.tissue, strength=1.3) * (1 - 0.8 * blade.veins)
    count = round(30 + 260 * severity * rng.uniform(0.7, 1.3))
    dots = scatter(rng, where, count=count, radius=(0.0035, 0.0095), stretch=(0.8, 1.9))
    field = lesion_field(dots, size, reach=3.2) + 0.15 * texture.clouds(rng, size, 80)
    pustule = _shade(rng, (0.68, 0.33, 0.10), 0.07)
    colour = blend(blade.colour, _YELLOW, (1 - smoothstep(field, 1.0, 3.0)) * rng.uniform(0.2, 0.7))
    raised = 1 - smoothstep(field, 0.7, 1.2)
    colour = blend(colour, pustule, raised * 0.95)
    return _worn(blade, colour, sunken=-raised * 2.0, matte=raised)


def powdery_mildew(blade: Blade, rng: np.random.Generator, severity: float) -> Blade:
    """White, felted patches with soft feathery edges that grow from points and hide the gloss."""
    size = blade.size
    count = round(3 + 16 * severity * rng.uniform(0.6, 1.4))
    where = clustered(rng, blade.tissue, strength=0.6)
    patches = scatter(rng, where, count=count, radius=(0.025, 0.06 + 0.07 * severity))
    field = lesion_field(patches, size) + 0.22 * texture.clouds(rng, size, 18, octaves=3)
    felt = np.clip(0.75 + 0.3 * texture.clouds(rng, size, size / 5, octaves=2), 0, 1.2)
    cover = (1 - smoothstep(field, 0.15, 1.2)) * felt * rng.uniform(0.5, 0.9)
    cover = np.clip(cover, 0, 0.95)
    white = _shade(rng, (0.86, 0.87, 0.84), 0.03)
    colour = blend(blade.colour, white, cover)
    return _worn(blade, colour, sunken=-0.4 * felt * cover, matte=cover)


def blight(blade: Blade, rng: np.random.Generator, severity: float) -> Blade:
    """Few large dead areas, brown and ringed, with a dark wet border, often from the edge."""
    size = blade.size
    count = round(1 + 4 * severity * rng.uniform(0.5, 1.5))
    where = blade.tissue * (0.15 + (1 - blade.depth)) * (blade.tissue > 0.5)
    scale = float(np.sqrt(blade.tissue.mean()))  # slender leaves have less room for decay
    radius = (0.09 * scale, (0.15 + 0.14 * severity) * scale)
    areas = scatter(rng, where, count=count, radius=radius, stretch=(1.0, 2.2))
    field = lesion_field(areas, size) + 0.16 * texture.clouds(rng, size, 9, octaves=4)
    dead = _shade(rng, (0.50, 0.39, 0.25), 0.06)
    border = _shade(rng, (0.25, 0.21, 0.12), 0.03)
    colour = _halo(blade.colour, field, rng.uniform(0.3, 0.9))
    colour = blend(colour, border, 1 - smoothstep(field, 0.95, 1.15))
    rings = 0.05 * np.sin(field * rng.uniform(16, 26))
    streaks = 0.06 * texture.clouds(rng, size, 40, octaves=2)
    withered = dead * (1 + rings + streaks)[..., None]
    colour = blend(colour, withered, 1 - smoothstep(field, 0.78, 0.98))
    lost = 1 - smoothstep(field, 0.8, 1.1)
    crinkle = texture.clouds(rng, size, 30, octaves=2) * lost
    return _worn(blade, colour, sunken=lost * 2 + crinkle, matte=lost)


def mosaic(blade: Blade, rng: np.random.Generator, severity: float) -> Blade:
    """A patchwork of pale yellow and dark green, bounded by veins, on a blistered surface."""
    size = blade.size
    cloud = texture.clouds(rng, size, rng.uniform(11, 20), octaves=4)
    # Veins hold the virus back: dark tissue follows them.
    cloud = cloud - 1.3 * texture.soften(blade.veins, size / 60)
    pale = smoothstep(cloud, *rng.uniform((-0.5, 0.2), (-0.1, 0.9)))
    strength = 0.3 + 0.55 * severity
    light = blade.colour * 0.45 + _shade(rng, (0.42, 0.42, 0.13), 0.03)
    dark = blade.colour * np.array([0.8, 0.88, 0.85], np.float32)
    colour = blend(dark, light, pale * strength)
    blisters = -(2 + 4 * severity) * texture.soften(pale, size / 60)
    return _worn(blade, colour, sunken=blisters, matte=pale * 0.3)


def _shade(rng: np.random.Generator, colour: tuple[float, float, float], spread: float) -> Field:
    """One leaf's variant of a colour: lighter or darker, and a little off in hue."""
    base = np.array(colour, np.float32)
    return (base + rng.normal(0, spread) + rng.normal(0, spread / 3, 3)).astype(np.float32)


def _halo(colour: Field, field: Field, strength: float) -> Field:
    return blend(colour, _YELLOW, (1 - smoothstep(field, 0.95, 1.75)) * strength)


def _worn(blade: Blade, colour: Field, *, sunken: Field, matte: Field) -> Blade:
    """The blade in new colours, lower by ``sunken`` (at a sheet of 400 px) and duller."""
    return replace(
        blade,
        colour=colour,
        relief=blade.relief - sunken * (blade.size / 400),
        gloss=blade.gloss * (1 - matte),
    )


DISEASES: Final = MappingProxyType(
    {
        "Blight": blight,
        "Leaf_spot": leaf_spot,
        "Mosaic": mosaic,
        "Powdery_mildew": powdery_mildew,
        "Rust": rust,
    }
)
