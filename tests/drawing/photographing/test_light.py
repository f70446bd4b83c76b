from __future__ import annotations

import numpy as np
import pytest

from transferleaf.drawing.growing.blade import Blade
from transferleaf.drawing.photographing.light import Light, cast_shadow, lit

FROM_THE_RIGHT = Light(azimuth=0.0, elevation=np.pi / 4, direct=0.6)
RIGHT, DOWN = np.mgrid[:32, :32][::-1].astype(np.float32)


def grey_blade(relief, gloss=0.0):
    """A grey sheet with the given heights."""
    full = np.ones((32, 32), np.float32)
    return Blade(
        colour=np.full((32, 32, 3), 0.5, np.float32),
        opacity=full,
        tissue=full,
        depth=full,
        veins=0 * full,
        relief=relief,
        gloss=gloss * full,
    )


def brightness(blade, *, light=FROM_THE_RIGHT, turn=0.0):
    """Return the centre of the leaf, where slopes are complete."""
    return float(lit(blade, light, turn)[16, 16].mean())


def test_a_flat_leaf_keeps_its_colour():
    assert brightness(grey_blade(0 * RIGHT)) == pytest.approx(0.5, abs=1e-3)


def test_a_slope_towards_the_light_is_brighter_than_one_away_from_it():
    towards, away = grey_blade(-0.3 * RIGHT), grey_blade(0.3 * RIGHT)

    assert brightness(towards) > 0.52
    assert brightness(away) < 0.48


def test_turning_the_leaf_turns_its_slopes():
    towards_the_tip = grey_blade(0.3 * DOWN)

    # A quarter turn clockwise moves the tip to the right, where the light is.
    assert brightness(towards_the_tip, turn=np.pi / 2) > 0.52


def test_gloss_shines_where_the_surface_mirrors_the_light():
    # Midway between straight up and 45 degrees to the right.
    mirroring = -np.tan(np.pi / 8) * RIGHT

    shining = brightness(grey_blade(mirroring, gloss=0.4)) - brightness(grey_blade(mirroring))

    assert shining == pytest.approx(0.45 * 0.6 * 0.4, rel=0.02)


def test_a_shadow_falls_away_from_the_light():
    opacity = np.zeros((64, 64), np.float32)
    opacity[24:40, 24:40] = 1

    shadow = cast_shadow(opacity, FROM_THE_RIGHT, height=6)

    assert shadow[32, 20] > 0.5
    assert shadow[32, 43] < 0.4
