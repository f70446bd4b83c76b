"""Placement of a cut-out leaf on a background, with shadow and light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from transferleaf.drawing.texture import Field, blend, soften
from transferleaf.scenes.cut_out import CutOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The place of a leaf in a picture.

    Attributes:
        x: Centre from left to right, as a share of the side; 0.5 is the middle.
        y: Centre from top to bottom.
        turn: Rotation in radians.
        size: Size relative to the leaf in its own photo.
        mirrored: Whether the leaf is mirrored left to right.
    """

    x: float = 0.5
    y: float = 0.5
    turn: float = 0.0
    size: float = 1.0
    mirrored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """The shadow of a leaf on its background.

    Attributes:
        across: Offset to the right, as a share of the side.
        down: Offset downwards.
        softness: Blur, as a share of the side, above 0.
        depth: Share of the light that it removes, in [0, 1].
    """

    across: float
    down: float
    softness: float
    depth: float


def laid(leaf: CutOut, place: Place, size: int) -> CutOut:
    """Move a leaf into a picture.

    A leaf that is cut off by the border of its photo is continued by reflection, so that no
    straight cut is visible.

    Args:
        leaf: The leaf.
        place: Its place.
        size: Side of the picture in pixels.
    """
    # Premultiplied alpha, so that colours outside the leaf do not influence its edge.
    channels = np.dstack([leaf.colours * leaf.opacity[..., None], leaf.opacity])
    height, width = leaf.opacity.shape
    if leaf.goes_on:
        rows, columns = height // 2, width // 2
        channels = np.pad(channels, ((rows, rows), (columns, columns), (0, 0)), mode="reflect")
    pixels = (np.clip(channels, 0, 1) * 255 + 0.5).astype(np.uint8)
    # As CMYK, so that Pillow treats the four channels equally.
    sheet = Image.frombytes("CMYK", (pixels.shape[1], pixels.shape[0]), pixels.tobytes())
    matrix = _from_picture(place, size, sheet.size, max(height, width))
    moved = sheet.transform((size, size), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)
    values = np.asarray(moved, np.float32) / 255
    opacity = values[..., 3]
    colours = values[..., :3] / np.maximum(opacity, 1 / 255)[..., None]
    return CutOut(np.clip(colours, 0, 1), opacity)


def pasted(ground: Field, leaf: CutOut, shadow: Shadow | None = None) -> Field:
    """Draw a leaf, which is already moved into the picture, on a background.

    Args:
        ground: Shape ``(size, size, 3)``, RGB in [0, 1].
        leaf: The leaf; see ``laid``.
        shadow: Its shadow, if any.

    Returns:
        Shape ``(size, size, 3)``, RGB in [0, 1].
    """
    below = ground if shadow is None else ground * (1 - _shade(leaf.opacity, shadow))[..., None]
    return blend(below, leaf.colours, leaf.opacity)


def in_light_of(leaf: CutOut, ground: Field, share: float) -> CutOut:
    """Adapt the brightness and the tint of a leaf to a background.

    Args:
        leaf: The leaf.
        ground: Shape ``(height, width, 3)``, RGB in [0, 1].
        share: Strength. 0 does not change the leaf; 1 makes it as bright as the background on
            average.
    """
    weight = leaf.opacity.sum() + 1e-6
    own = float((leaf.colours.mean(axis=2) * leaf.opacity).sum() / weight)
    there = ground.mean(axis=(0, 1))
    gain = np.clip((there.mean() + 0.05) / (own + 0.05), 0.4, 2.5) ** share
    # Plants in the background are green, so only a small part of the tint is due to the light.
    tint = ((there + 0.1) / (there.mean() + 0.1)) ** (0.25 * share)
    return CutOut(np.clip(leaf.colours * (gain * tint).astype(np.float32), 0, 1), leaf.opacity)


def _shade(opacity: Field, shadow: Shadow) -> Field:
    size = len(opacity)
    across, down = round(shadow.across * size), round(shadow.down * size)
    reach = max(abs(across), abs(down), 1)
    padded = np.pad(opacity, reach)
    moved = padded[reach - down : reach - down + size, reach - across : reach - across + size]
    return np.clip(soften(moved, max(shadow.softness * size, 1.0)), 0, 1) * shadow.depth


def _from_picture(
    place: Place, size: int, sheet: tuple[int, int], side: int
) -> tuple[float, float, float, float, float, float]:
    """Return the affine map from pixels of the picture to those of the sheet, for Pillow."""
    scale = side / size / place.size
    cos, sin = scale * np.cos(place.turn), scale * np.sin(place.turn)
    flip = -1.0 if place.mirrored else 1.0
    a, b, d, e = flip * cos, flip * sin, -sin, cos
    x, y = place.x * size, place.y * size
    return a, b, sheet[0] / 2 - a * x - b * y, d, e, sheet[1] / 2 - d * x - e * y
