"""The pose of a leaf in the picture: rotation, shift, tilt and bend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from transferleaf.drawing import variation
from transferleaf.drawing.texture import Field
from transferleaf.drawing.variation import happens, pick

_MESH = 8  # a bent leaf is approximated by this number of flat pieces per side

Coordinates = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """The pose of a leaf. Lengths are in picture sides.

    Attributes:
        turn: Rotation from tip up, in radians, clockwise.
        shift: Offset of the centre of the leaf from the centre of the picture.
        tilt: How much nearer the right and the lower side are, as shares of the distance.
        bend: Curvature of the leaf to the side and along itself.
        span: Side of the leaf's sheet along the leaf.
        squeeze: Ratio of the sides across and along the leaf, below 1 for a rolled leaf.
    """

    turn: float
    shift: tuple[float, float]
    tilt: tuple[float, float]
    bend: tuple[float, float]
    span: float
    squeeze: float

    def on_sheet(self, x: Coordinates, y: Coordinates) -> tuple[Coordinates, Coordinates]:
        """Return the position on the sheet for a position in the picture, both from the centre."""
        x, y = (x - self.shift[0]) / self.span, (y - self.shift[1]) / self.span
        nearness = 1 + self.tilt[0] * x + self.tilt[1] * y
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        across = (cos * x + sin * y) / nearness / self.squeeze
        along = (cos * y - sin * x) / nearness
        return across + self.bend[0] * along**2, along + self.bend[1] * across**2


def draw_pose(rng: np.random.Generator) -> Pose:
    """Draw a random pose in which most of the leaf is in the picture."""
    tilt = variation.TILT
    return Pose(
        turn=_draw_turn(rng),
        shift=(rng.normal(0, variation.OFF_CENTRE), rng.normal(0, variation.OFF_CENTRE)),
        tilt=(rng.uniform(-tilt, tilt), rng.uniform(-tilt, tilt)),
        bend=(rng.normal(0, variation.BENDING), rng.normal(0, variation.BENDING)),
        span=pick(rng, variation.SHEET_SPAN),
        squeeze=rng.uniform(0.88, 1.0),
    )


def _draw_turn(rng: np.random.Generator) -> float:
    if happens(rng, variation.ANY_TURN_CHANCE):
        return float(rng.uniform(0, 2 * np.pi))
    return float(np.deg2rad(rng.normal(0, variation.USUAL_TURN)))


def laid(colours: Field, opacity: Field, pose: Pose, size: int) -> tuple[Field, Field]:
    """Transform a leaf from its sheet to a picture.

    Args:
        colours: Shape ``(sheet, sheet, 3)``, RGB in [0, 1]. Brighter values are clipped.
        opacity: Shape ``(sheet, sheet)``, in [0, 1].
        pose: The pose of the leaf.
        size: Side of the picture in pixels.

    Returns:
        Colours, shape ``(size, size, 3)``, and opacity, shape ``(size, size)``, in [0, 1].
    """
    channels = np.concatenate([colours, opacity[..., None]], axis=2)
    pixels = (np.clip(channels, 0, 1) * 255 + 0.5).astype(np.uint8)
    side = len(pixels)
    # As CMYK, because Pillow multiplies RGBA colours by their opacity in transformations.
    sheet = Image.frombytes("CMYK", (side, side), pixels.tobytes())
    moved = sheet.transform(
        (size, size), Image.Transform.MESH, _mesh(pose, size, side), Image.Resampling.BILINEAR
    )
    leaf = np.asarray(moved, np.float32) / 255
    return leaf[..., :3], leaf[..., 3]


_Piece = tuple[tuple[int, int, int, int], tuple[float, ...]]


def _mesh(pose: Pose, size: int, side: int) -> list[_Piece]:
    """Return the boxes of the picture with their corners on the sheet, in pixels."""
    ticks = np.linspace(0, size, _MESH + 1).round().astype(int)
    x, y = np.meshgrid(ticks / size - 0.5, ticks / size - 0.5)
    corners = (np.stack(pose.on_sheet(x, y), axis=-1) + 0.5) * side
    pieces: list[_Piece] = []
    for row, column in np.ndindex(_MESH, _MESH):
        left, top, right, bottom = (int(ticks[at]) for at in (column, row, column + 1, row + 1))
        upper, lower = corners[row, column : column + 2], corners[row + 1, column : column + 2]
        # Pillow's order: upper left, lower left, lower right, upper right.
        shown = np.concatenate([upper[0], lower[0], lower[1], upper[1]])
        pieces.append(((left, top, right, bottom), tuple(shown.tolist())))
    return pieces
