"""The scene of a photo: a leaf on a background, lit, with its shadow."""

from __future__ import annotations

import numpy as np

from transferleaf.drawing.growing.blade import Blade
from transferleaf.drawing.photographing.background import draw_background
from transferleaf.drawing.photographing.light import cast_shadow, draw_light, lit, outside_shadow
from transferleaf.drawing.photographing.pose import draw_pose, laid
from transferleaf.drawing.texture import Field, blend


def set_scene(blade: Blade, rng: np.random.Generator, size: int) -> Field:
    """Place a leaf on a background, and light both.

    The leaf does not affect the random numbers, so pose, light and background give no information
    about it.

    Args:
        blade: The leaf.
        rng: Random generator.
        size: Side of the picture in pixels.

    Returns:
        The scene, shape ``(size, size, 3)``, RGB in [0, 1].
    """
    pose = draw_pose(rng)
    light = draw_light(rng)
    height = rng.uniform(0.005, 0.035) * size
    ground = draw_background(rng, size)
    daylight = outside_shadow(rng, size)
    leaf, opacity = laid(lit(blade, light, pose.turn), blade.opacity, pose, size)
    shaded = 1 - np.float32(light.direct) * cast_shadow(opacity, light, height)
    return blend(ground * shaded[..., None], leaf, opacity) * daylight[..., None]
