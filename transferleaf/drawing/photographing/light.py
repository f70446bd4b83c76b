"""The direction of the light, the shading of a leaf, and its shadow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from transferleaf.drawing import texture, variation
from transferleaf.drawing.growing.blade import Blade
from transferleaf.drawing.texture import Field
from transferleaf.drawing.variation import happens, pick

_BRIGHTEST = 1.9  # maximum brightness of slopes that face the light, relative to the table


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Light from one direction and from the whole sky.

    Attributes:
        azimuth: Direction in the picture, in radians, clockwise from the right.
        elevation: Height above the table, in radians.
        direct: Share of light from that direction, in [0, 1]; the rest comes from the sky.
    """

    azimuth: float
    elevation: float
    direct: float


def draw_light(rng: np.random.Generator) -> Light:
    """Draw a random light from any side."""
    return Light(
        azimuth=float(rng.uniform(0, 2 * np.pi)),
        elevation=float(np.deg2rad(pick(rng, variation.LIGHT_ELEVATION))),
        direct=pick(rng, variation.DIRECT_LIGHT),
    )


def lit(blade: Blade, light: Light, turn: float) -> Field:
    """Return the colours of a leaf in the light.

    Args:
        blade: The leaf, on its own sheet.
        light: The light in the picture.
        turn: Rotation of the leaf in the picture, in radians, clockwise.

    Returns:
        Shape ``(size, size, 3)``, RGB, from 0 to above 1 in highlights.
    """
    azimuth = light.azimuth - turn  # relative to the sheet, the light is rotated
    flat, up = np.cos(light.elevation), np.sin(light.elevation)
    across, down = flat * np.cos(azimuth), flat * np.sin(azimuth)
    sunlit = np.clip(_facing(blade.relief, across, down, up) / np.float32(up), 0, _BRIGHTEST)
    # Highlights appear on surfaces that face midway between the light and the camera above.
    midway = np.sqrt(flat**2 + (up + 1) ** 2)
    shine = _facing(blade.relief, across / midway, down / midway, (up + 1) / midway)
    shine = np.clip(shine, 0, 1)
    for _ in range(5):  # to the power of 32, which sets the sharpness of highlights
        shine *= shine
    # Light is added before the gamma of stored colours, which is taken as 2.
    shade: Field = np.sqrt(1 - light.direct + light.direct * sunlit)
    highlight = np.float32(0.45 * light.direct) * shine * blade.gloss
    return blade.colour * shade[..., None] + highlight[..., None]


def _facing(relief: Field, across: float, down: float, up: float) -> Field:
    """Return the cosine between the surface and a direction, given as a unit vector."""
    slope_across = np.diff(relief, axis=1, append=relief[:, -1:])
    slope_down = np.diff(relief, axis=0, append=relief[-1:])
    towards = np.float32(up) - slope_across * np.float32(across) - slope_down * np.float32(down)
    return towards / np.sqrt(1 + slope_across**2 + slope_down**2)


def cast_shadow(opacity: Field, light: Light, height: float) -> Field:
    """Return the shadow of a leaf on the ground below it.

    Args:
        opacity: The leaf in the picture, shape ``(size, size)``, in [0, 1].
        light: The light.
        height: Distance of the leaf from the ground, in pixels.

    Returns:
        The blocked fraction of direct light, shape ``(size, size)``, in [0, 1].
    """
    leaf = Image.fromarray((opacity * 255).astype(np.uint8))
    reach = 1.5 * height / np.tan(light.elevation)
    back = (reach * np.cos(light.azimuth), reach * np.sin(light.azimuth))
    moved = leaf.transform(leaf.size, Image.Transform.AFFINE, (1, 0, back[0], 0, 1, back[1]))
    thrown = texture.colours(moved.filter(ImageFilter.GaussianBlur(max(height / 3, 0.5))))
    beneath = texture.colours(leaf.filter(ImageFilter.GaussianBlur(height / 2 + 1)))
    shadow: Field = np.maximum(thrown, 0.6 * beneath)
    return shadow


def outside_shadow(rng: np.random.Generator, size: int) -> Field:
    """Return the light left by the shadow of an object outside the picture; 1 without shadow."""
    if not happens(rng, variation.OUTSIDE_SHADOW_CHANCE):
        return np.ones((size, size), np.float32)
    cover = texture.clouds(rng, size, rng.uniform(1, 4), octaves=2) + np.float32(rng.normal(0, 0.6))
    softness = rng.uniform(0.2, 0.9)
    darkness = np.float32(rng.uniform(0.15, 0.45))
    return 1 - darkness * texture.smoothstep(cover, -softness, softness)
