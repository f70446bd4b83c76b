"""The variation of drawn leaves: the parameters that make the classes easier or harder.

Chosen such that pretrained features do well on 40 photos per class, while neither colour alone nor
a small network from scratch does. ``python examples/quadrants.py demo/leaves`` compares them.
"""

from __future__ import annotations

import numpy as np

Span = tuple[float, float]

# Severity of the disease: 0 is almost invisible, 1 is obvious.
SEVERITY: Span = (0.45, 1.0)

# The same for all classes, so it gives no information about the class.
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

# The pose of the leaf in the picture.
ANY_TURN_CHANCE = 0.08  # the others have the tip up, as in most collections
USUAL_TURN = 12.0  # standard deviation, in degrees
SHEET_SPAN: Span = (1.0, 1.25)  # side of the leaf's sheet, in picture sides
OFF_CENTRE = 0.03  # standard deviation, in picture sides
TILT = 0.16  # maximum difference of the distances of both sides, relative to the distance
BENDING = 0.1  # standard deviation of the curvature, in picture sides

# The surroundings.
FIELD_CHANCE = 0.25  # photographed outdoors, on soil, grass or other leaves
LIGHT_ELEVATION: Span = (25.0, 75.0)  # degrees above the table
DIRECT_LIGHT: Span = (0.35, 0.75)  # share of all light; the rest comes from the sky
OUTSIDE_SHADOW_CHANCE = 0.15  # an object outside the picture shades a part of it

# The camera.
EXPOSURE: Span = (0.85, 1.15)
WHITE_BALANCE = 0.04  # standard deviation of the gains of red, green and blue
SATURATION: Span = (0.75, 1.15)
DEFOCUS: Span = (0.0, 1.1)  # blur radius, in pixels of a 256 px photo
SENSOR_NOISE: Span = (0.003, 0.018)  # standard deviation, as a share of white


def pick(rng: np.random.Generator, span: Span) -> float:
    """Draw a uniform random number from ``span``."""
    return float(rng.uniform(*span))


def happens(rng: np.random.Generator, chance: float) -> bool:
    """Return true with the probability ``chance``, in [0, 1]."""
    return bool(rng.random() < chance)
