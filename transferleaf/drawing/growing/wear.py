"""Wear of leaves, independent of the class: ageing, wounds, dust, dirt and bites."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from transferleaf.drawing import texture, variation
from transferleaf.drawing.growing.blade import Blade
from transferleaf.drawing.growing.lesions import clustered, lesion_field, scatter
from transferleaf.drawing.texture import blend, colour, smoothstep
from transferleaf.drawing.variation import happens

_BROWN = colour(0.42, 0.32, 0.20)
_YELLOW = colour(0.66, 0.62, 0.25)
_SOIL = colour(0.33, 0.25, 0.17)
_DUST = colour(0.74, 0.71, 0.64)


def worn(blade: Blade, rng: np.random.Generator) -> Blade:
    """Add random wear to a leaf.

    It does not depend on the class, so it gives no information about it. Most kinds look similar to
    one of the diseases.
    """
    for chance, happen in (
        (variation.AGEING_CHANCE, _aged),
        (variation.BLEMISH_CHANCE, _blemished),
        (variation.DUST_CHANCE, _dusty),
        (variation.DIRT_CHANCE, _dirty),
        (variation.BITE_CHANCE, _bitten),
    ):
        if happens(rng, chance):
            blade = happen(blade, rng)
    return blade


def _aged(blade: Blade, rng: np.random.Generator) -> Blade:
    """Yellow and brown parts of the edge."""
    unevenness = 0.25 * texture.clouds(rng, blade.size, 4, octaves=3)
    youth = blade.depth + unevenness + np.float32(rng.uniform(0.1, 0.5))
    coloured = blend(blade.colour, _YELLOW, 0.6 * (1 - smoothstep(youth, 0.0, 0.5)))
    coloured = blend(coloured, _BROWN * 1.15, 0.9 * (1 - smoothstep(youth, -0.12, 0.08)))
    return replace(blade, colour=coloured)


def _blemished(blade: Blade, rng: np.random.Generator) -> Blade:
    """Add scratches and healed wounds, brown without rim or pattern."""
    count = int(rng.integers(1, 6))
    wounds = scatter(rng, blade.tissue, count=count, radius=(0.004, 0.014), stretch=(0.3, 3))
    field = lesion_field(wounds, blade.size) + 0.3 * texture.clouds(rng, blade.size, 60, octaves=2)
    scar = 0.75 * (1 - smoothstep(field, 0.5, 1.2))
    return replace(blade, colour=blend(blade.colour, _BROWN * rng.uniform(0.7, 1.5), scar))


def _dusty(blade: Blade, rng: np.random.Generator) -> Blade:
    """Add a thin warm film of dust on a part, thickest in the grooves of the veins."""
    size = blade.size
    film = smoothstep(texture.clouds(rng, size, 3, octaves=2), -0.6, 1.6)
    grain = np.clip(0.7 + 0.5 * rng.standard_normal((size, size), np.float32), 0, 1.6)
    settled = film * grain * (0.7 + 0.6 * texture.soften(blade.veins, size / 80))
    cover = np.clip(settled * np.float32(rng.uniform(0.1, 0.45)), 0, 0.7)
    return replace(blade, colour=blend(blade.colour, _DUST, cover), gloss=blade.gloss * (1 - cover))


def _dirty(blade: Blade, rng: np.random.Generator) -> Blade:
    """Add splashed soil: flat dark specks of all shapes, without yellowing around them."""
    where = clustered(rng, blade.tissue, strength=1.2)
    count = int(rng.integers(6, 60))
    specks = scatter(rng, where, count=count, radius=(0.002, 0.008), stretch=(0.5, 2))
    field = lesion_field(specks, blade.size) + 0.3 * texture.clouds(rng, blade.size, 90)
    cover = (1 - smoothstep(field, 0.6, 1.1)) * np.float32(rng.uniform(0.5, 0.9))
    return replace(blade, colour=blend(blade.colour, _SOIL * rng.uniform(0.6, 1.3), cover))


def _bitten(blade: Blade, rng: np.random.Generator) -> Blade:
    """Add holes eaten by insects, mostly from the edge, each with a thin brown rim."""
    where = blade.tissue * (0.1 + (1 - blade.depth) ** 2)
    count = int(rng.integers(1, 7))
    bites = scatter(rng, where, count=count, radius=(0.008, 0.035), stretch=(0.6, 1.6))
    field = lesion_field(bites, blade.size) + 0.2 * texture.clouds(rng, blade.size, 16, octaves=2)
    left = smoothstep(field, 0.95, 1.05)
    rim = 0.8 * (1 - smoothstep(field, 1.0, 1.25))
    # Stalks are not bitten through.
    eaten = (1 - left) * blade.tissue
    return replace(
        blade,
        colour=blend(blade.colour, _BROWN, rim),
        opacity=blade.opacity * (1 - eaten),
        tissue=blade.tissue * left,
    )
