"""A cut-out leaf laid on a ground: where it lies, its shadow, and the light of the ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from transferleaf.drawing.texture import Field, blend, soften
from transferleaf.scenes.cut_out import CutOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a leaf lies in a picture.

    Attributes:
        x: Centre from left to right, as a share of the side; 0.5 is the middle.
        y: Centre from top to bottom.
        turn: Rotation in radians.
        size: Size, in sizes of the leaf in its own photo.
        mirrored: Whether left and right are exchanged.
    """

    x: float = 0.5
    y: float = 0.5
    turn: float = 0.0
    size: float = 1.0
    mirrored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """The shadow of a leaf on its ground.

    Attributes:
        across: Offset to the right, as a share of the side.
        down: Offset downwards.
        softness: Blur, as a share of the side, above 0.
        depth: Share of the light that it takes away, in [0, 1].
    """

    across: float
    down: float
    softness: float
    depth: float


def laid(leaf: CutOut, place: Place, size: int) -> CutOut:
    """Move a leaf into a picture.

    A leaf that the border of its photo cuts off goes on as in a mirror, so that no straight cut
    shows where the picture is larger.

    Args:
        leaf: The leaf.
        place: Where it shall lie.
        size: Side of the picture in pixels.
    """
    # Colours times opacity, so that what lies beside the leaf does not colour its edge.
    channels = np.dstack([leaf.colours * leaf.opacity[..., None], leaf.opacity])
    height, width = leaf.opacity.shape
    if leaf.goes_on:
        rows, columns = height // 2, width // 2
        channels = np.pad(channels, ((rows, rows), (columns, columns), (0, 0)), mode="reflect")
    pixels = (np.clip(channels, 0, 1) * 255 + 0.5).astype(np.uint8)
    # Called CMYK so that Pillow takes the channels for four equal ones.
    sheet = Image.frombytes("CMYK", (pixels.shape[1], pixels.shape[0]), pixels.tobytes())
    matrix = _from_picture(place, size, sheet.size, max(height, width))
    moved = sheet.transform((size, size), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)
    values = np.asarray(moved, np.float32) / 255
    opacity = values[..., 3]
    colours = values[..., :3] / np.maximum(opacity, 1 / 255)[..., None]
    return CutOut(np.clip(colours, 0, 1), opacity)


def pasted(ground: Field, leaf: CutOut, shadow: Shadow | None = None) -> Field:
    """Lay a leaf, moved into the picture already, on a ground.

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
    """Give a leaf a part of the brightness and of the tint of a ground.

    Args:
        leaf: The leaf.
        ground: Shape ``(height, width, 3)``, RGB in [0, 1].
        share: 0 leaves the leaf as it is; with 1, it is as bright as the ground on average.
    """
    weight = leaf.opacity.sum() + 1e-6
    own = float((leaf.colours.mean(axis=2) * leaf.opacity).sum() / weight)
    there = ground.mean(axis=(0, 1))
    gain = np.clip((there.mean() + 0.05) / (own + 0.05), 0.4, 2.5) ** share
    # Grounds of plants are green themselves: only a little of their tint is that of the light.
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
    """The affine map from pixels of the picture to those of the sheet, as Pillow wants it."""
    scale = side / size / place.size
    cos, sin = scale * np.cos(place.turn), scale * np.sin(place.turn)
    flip = -1.0 if place.mirrored else 1.0
    a, b, d, e = flip * cos, flip * sin, -sin, cos
    x, y = place.x * size, place.y * size
    return a, b, sheet[0] / 2 - a * x - b * y, d, e, sheet[1] / 2 - d * x - e * y
