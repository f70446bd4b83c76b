"""How much drawn leaves vary: every number that makes telling the classes easier or harder.

Tuned so that features learnt elsewhere do well on 40 photos a class, and neither colour alone nor a
small network from scratch does; ``python examples/quadrants.py demo/leaves`` compares them.
"""

from __future__ import annotations

import numpy as np

Span = tuple[float, float]

# The disease: 0 would be hard to find with a lens, at 1 nobody misses it.
SEVERITY: Span = (0.45, 1.0)

# What every class shares, so that it cannot tell the classes apart.
DUST_CHANCE = 0.4  # looks like mildew
DIRT_CHANCE = 0.6  # looks like rust
BLEMISH_CHANCE = 0.5  # looks like leaf spot
AGEING_CHANCE = 0.35  # browning tips and edges look like blight
BITE_CHANCE = 0.45
MOTTLING: Span = (0.01, 0.09)  # strength of colour clouds; looks like mosaic

# The plant.
VEIN_PALENESS: Span = (0.05, 0.45)
DEFORMATION = 0.025  # bend and asymmetry, in leaf lengths
RELIEF: Span = (0.4, 1.3)
FOLD = 0.2  # standard deviation of the slope of the two halves
GLOSS: Span = (0.0, 0.45)

# How the leaf lies in the picture.
ANY_TURN_CHANCE = 0.08  # the rest lie with the tip up, as most people lay them
USUAL_TURN = 12.0  # standard deviation, in degrees
SHEET_SPAN: Span = (1.0, 1.25)  # side of the leaf's sheet, in picture sides
OFF_CENTRE = 0.03  # standard deviation, in picture sides
TILT = 0.16  # most by which one side of the leaf is nearer, as a share of the distance
BENDING = 0.1  # standard deviation of the curvature, in picture sides

# What is around it.
FIELD_CHANCE = 0.25  # photographed outdoors, before soil, grass or other leaves
LIGHT_ELEVATION: Span = (25.0, 75.0)  # degrees above the table
DIRECT_LIGHT: Span = (0.35, 0.75)  # share of all light; the rest comes from the sky
OUTSIDE_SHADOW_CHANCE = 0.15  # something outside the picture shades a part of it

# The camera.
EXPOSURE: Span = (0.85, 1.15)
WHITE_BALANCE = 0.04  # standard deviation of the gains of red, green and blue
SATURATION: Span = (0.75, 1.15)
DEFOCUS: Span = (0.0, 1.1)  # blur radius, in pixels of a 256 px photo
SENSOR_NOISE: Span = (0.003, 0.018)  # standard deviation, as a share of white


def pick(rng: np.random.Generator, span: Span) -> float:
    """Draw a number evenly from ``span``."""
    return float(rng.uniform(*span))


def happens(rng: np.random.Generator, chance: float) -> bool:
    """Draw whether something of this chance, in [0, 1], happens."""
    return bool(rng.random() < chance)
