"""A leaf in front of a camera: how it lies, where the light comes from, what shadow it casts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from transferleaf.datasets.synthetic import texture, variation
from transferleaf.datasets.synthetic.background import draw_background
from transferleaf.datasets.synthetic.blade import Blade
from transferleaf.datasets.synthetic.texture import Field
from transferleaf.datasets.synthetic.variation import happens, pick

_MESH = 8  # the pose is bent along a grid of this many cells a side


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Where the light comes from.

    Attributes:
        azimuth: Direction in the picture, in radians from the right, clockwise.
        elevation: Height above the table, in radians.
        direct: Share of direct light; the rest comes evenly from the sky.
    """

    azimuth: float
    elevation: float
    direct: float


def photograph(blade: Blade, rng: np.random.Generator, size: int) -> Field:
    """Lay a leaf on a background and light both.

    Args:
        blade: The leaf.
        rng: Draws pose, light and background; the same state gives the same of each for every leaf.
        size: Side of the picture in pixels.

    Returns:
        What the lens sees, shape ``(size, size, 3)``, RGB in [0, 1].
    """
    turn = _draw_turn(rng)
    light = _draw_light(rng)
    mesh = _pose(rng, turn, size, blade.size)
    ground = draw_background(rng, size)
    gloom = _outside_shadow(rng, size)
    leaf = _warped(_lit(blade, light, turn), blade.opacity, mesh, size)
    opacity = leaf[..., 3]
    shadow = _cast(opacity, light, rng.uniform(0.005, 0.035) * size)
    lit_ground = ground * (1 - light.direct * shadow)[..., None]
    return texture.blend(lit_ground, leaf[..., :3], opacity) * gloom[..., None]


def _draw_turn(rng: np.random.Generator) -> float:
    """How far the leaf is turned from tip up, in radians, clockwise."""
    if happens(rng, variation.ANY_TURN_CHANCE):
        return float(rng.uniform(0, 2 * np.pi))
    return float(np.deg2rad(rng.normal(0, variation.USUAL_TURN)))


def _draw_light(rng: np.random.Generator) -> Light:
    return Light(
        azimuth=rng.uniform(0, 2 * np.pi),
        elevation=np.deg2rad(pick(rng, variation.LIGHT_ELEVATION)),
        direct=pick(rng, variation.LIGHT_SHARE),
    )


def _lit(blade: Blade, light: Light, turn: float) -> Field:
    """Colours of the leaf under the light, still on its own sheet."""
    azimuth = light.azimuth - turn  # the sheet turns, so the light turns the other way
    flat, up = np.cos(light.elevation), np.sin(light.elevation)
    across, down = flat * np.cos(azimuth), flat * np.sin(azimuth)
    slope_across = np.diff(blade.relief, axis=1, append=blade.relief[:, -1:])
    slope_down = np.diff(blade.relief, axis=0, append=blade.relief[-1:])
    steep = 1 / np.sqrt(1 + slope_across**2 + slope_down**2)
    facing = (up - slope_across * across - slope_down * down) * steep
    diffuse = np.clip(facing, 0, None) / up
    # The half vector between the light and a camera straight above.
    half = np.array([across, down, up + 1]) / np.sqrt(flat**2 + (up + 1) ** 2)
    shine = np.clip((half[2] - slope_across * half[0] - slope_down * half[1]) * steep, 0, 1)
    for _ in range(5):  # to the power of 32, cheaply: the sharpness of the highlight
        shine *= shine
    shine *= blade.gloss
    # Brightness is computed in linear light (gamma 2), colours are stored with it undone.
    shade = np.sqrt(1 - light.direct + light.direct * np.minimum(diffuse, 1.9))
    return blade.colour * shade[..., None] + (0.45 * light.direct * shine)[..., None]


def _pose(
    rng: np.random.Generator, turn: float, size: int, sheet: int
) -> list[tuple[tuple[int, int, int, int], tuple[float, ...]]]:
    """Where each cell of the picture looks on the leaf's sheet, as Pillow's MESH wants it."""
    ticks = np.linspace(0, size, _MESH + 1).round().astype(int)
    x, y = np.meshgrid(ticks / size - 0.5, ticks / size - 0.5)
    shift = rng.normal(0, variation.OFF_CENTRE, 2)
    tilt = rng.uniform(-variation.PERSPECTIVE, variation.PERSPECTIVE, 2)
    bend = rng.normal(0, variation.BENDING, 2)
    zoom = 1 / pick(rng, variation.LEAF_SPAN)
    squeeze = rng.uniform(0.88, 1.0)
    x, y = (x - shift[0]) * zoom, (y - shift[1]) * zoom
    far = 1 + tilt[0] * x + tilt[1] * y
    u = (np.cos(turn) * x + np.sin(turn) * y) / far / squeeze
    v = (-np.sin(turn) * x + np.cos(turn) * y) / far
    u, v = u + bend[0] * v**2, v + bend[1] * u**2
    u, v = (u + 0.5) * sheet, (v + 0.5) * sheet
    cells = []
    for row in range(_MESH):
        for column in range(_MESH):
            box = (int(ticks[column]), int(ticks[row]), int(ticks[column + 1]), int(ticks[row + 1]))
            corners = ((row, column), (row + 1, column), (row + 1, column + 1), (row, column + 1))
            quad = tuple(float(axis[corner]) for corner in corners for axis in (u, v))
            cells.append((box, quad))
    return cells


def _warped(
    colour: Field,
    opacity: Field,
    mesh: list[tuple[tuple[int, int, int, int], tuple[float, ...]]],
    size: int,
) -> Field:
    sheet = np.concatenate([colour, opacity[..., None]], axis=2)
    pixels = (np.clip(sheet, 0, 1) * 255 + 0.5).astype(np.uint8)
    # Called CMYK because Pillow multiplies RGBA colours by their opacity before it moves them.
    picture = Image.frombytes("CMYK", (len(sheet), len(sheet)), pixels.tobytes())
    seen = picture.transform((size, size), Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
    return np.asarray(seen, np.float32) / 255


def _cast(opacity: Field, light: Light, height: float) -> Field:
    """The shadow on the ground of a leaf that floats ``height`` pixels above it."""
    reach = height / np.tan(light.elevation) * 1.5
    offset = (-reach * np.cos(light.azimuth), -reach * np.sin(light.azimuth))
    mask = Image.fromarray((opacity * 255).astype(np.uint8))
    moved = mask.transform(
        mask.size, Image.Transform.AFFINE, (1, 0, -offset[0], 0, 1, -offset[1])
    ).filter(ImageFilter.GaussianBlur(max(height / 3, 0.5)))
    touching = mask.filter(ImageFilter.GaussianBlur(height / 2 + 1))
    return np.maximum(np.asarray(moved, np.float32), np.asarray(touching, np.float32) * 0.6) / 255


def _outside_shadow(rng: np.random.Generator, size: int) -> Field:
    """The shade of something outside the picture, with a soft edge; 1 where there is none."""
    if not happens(rng, variation.CAST_SHADOW_CHANCE):
        return np.ones((size, size), np.float32)
    edge = texture.clouds(rng, size, rng.uniform(1, 4), octaves=2) + rng.normal(0, 0.6)
    softness = rng.uniform(0.2, 0.9)
    return 1 - rng.uniform(0.15, 0.45) * texture.smoothstep(edge, -softness, softness)
