"""How much drawn leaves vary: every number that makes telling the classes easier or harder."""

from __future__ import annotations

import numpy as np

Span = tuple[float, float]

# The disease. Severity runs from 0 (a trained eye finds it) to 1 (nobody misses it).
SEVERITY: Span = (0.2, 1.0)
MILD_BIAS = 1.3  # severity = uniform ** MILD_BIAS: above 1, mild cases are commoner

# What every class shares, so that it cannot tell the classes apart.
DUST_CHANCE = 0.4  # looks like mildew
DIRT_CHANCE = 0.6  # looks like rust
BITE_CHANCE = 0.45
BLEMISH_CHANCE = 0.5  # looks like leaf spot
AGEING_CHANCE = 0.35  # browning tips and edges look like blight
MOTTLING: Span = (0.01, 0.09)  # looks like mosaic; strength of the colour clouds

# The plant.
VEIN_PALENESS: Span = (0.05, 0.45)
DEFORMATION = 0.025  # bend and asymmetry, in leaf lengths
RELIEF: Span = (0.4, 1.3)
GLOSS: Span = (0.0, 0.45)

# The photo.
LEAF_SPAN: Span = (0.85, 1.2)  # side of a leaf's sheet, in picture sides
ANY_TURN_CHANCE = 0.25  # the rest lie with the tip up, as most people lay them
USUAL_TURN = 25.0  # standard deviation, in degrees
FIELD_CHANCE = 0.35  # photographed outdoors, before soil, grass or other leaves
OFF_CENTRE = 0.05  # standard deviation, in picture sides
PERSPECTIVE = 0.16
BENDING = 0.10
LIGHT_ELEVATION: Span = (25.0, 75.0)  # degrees above the table
LIGHT_SHARE: Span = (0.35, 0.75)  # direct light, of all light; the rest comes from the sky
CAST_SHADOW_CHANCE = 0.35  # something outside the picture shades part of it

# The camera.
EXPOSURE: Span = (0.7, 1.25)
WHITE_BALANCE = 0.06  # standard deviation of the gain of red and of blue
SATURATION: Span = (0.75, 1.15)
DEFOCUS: Span = (0.0, 1.1)  # blur radius in pixels of a 256 px photo
SENSOR_NOISE: Span = (0.003, 0.018)


def pick(rng: np.random.Generator, span: Span) -> float:
    """Draw a number evenly from ``span``."""
    return float(rng.uniform(*span))


def happens(rng: np.random.Generator, chance: float) -> bool:
    """Draw whether something of this chance, in [0, 1], happens."""
    return bool(rng.random() < chance)
