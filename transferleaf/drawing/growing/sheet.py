"""The square sheet of pixels on which the anatomy of a leaf is drawn."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PIL import Image, ImageDraw

from transferleaf.drawing import texture
from transferleaf.drawing.growing.anatomy import Anatomy, Points, Vein
from transferleaf.drawing.texture import Field

_FILL = 0.8  # size of a blade that is as wide as long, as a fraction of the sheet's side
_OVERSAMPLING = 2  # lines are drawn larger by this factor, then reduced


class Sheet:
    """Maps the leaf units of an anatomy to pixels, with the tip upwards, and draws it.

    Args:
        anatomy: The anatomy that the sheet must fit.
        size: Side of the sheet in pixels.
    """

    def __init__(self, anatomy: Anatomy, size: int) -> None:
        corners = np.concatenate(anatomy.polygons)
        low, high = corners.min(axis=0), corners.max(axis=0)
        short, long = np.sort(high - low)
        self._size = size
        self._centre = (low + high) / 2
        # Slender leaves are photographed from nearer, and a long stalk is cut off at the edge.
        self._scale = size * _FILL / float(0.7 * long + 0.3 * short)

    def filled(self, polygons: Iterable[Points]) -> Field:
        """Draw closed outlines; shape ``(size, size)``, values in [0, 1]."""
        canvas = self._canvas()
        draw = ImageDraw.Draw(canvas)
        for polygon in polygons:
            draw.polygon(self._on_canvas(polygon), fill=255)
        return _averaged(canvas)

    def lines(self, veins: Iterable[Vein]) -> Field:
        """Draw tapering lines; shape ``(size, size)``, values in [0, 1]."""
        canvas = self._canvas()
        draw = ImageDraw.Draw(canvas)
        for vein in veins:
            points = self._on_canvas(vein.path)
            widths = np.linspace(*vein.width, len(points)) * self._scale * _OVERSAMPLING
            for place, width in enumerate(widths[:-1]):
                draw.line(points[place : place + 2], fill=255, width=max(round(width), 1))
        return _averaged(canvas)

    def column_of(self, vein: Vein) -> Field:
        """Return the column at which a rising vein crosses each row, shape ``(size,)``."""
        columns, rows = self._pixels(vein.path)[::-1].T
        crossed: Field = np.interp(np.arange(self._size), rows, columns).astype(np.float32)
        return crossed

    def _pixels(self, points: Points) -> Points:
        rightwards, downwards = self._scale, -self._scale
        pixels: Points = (points - self._centre) * [rightwards, downwards] + self._size / 2
        return pixels

    def _on_canvas(self, points: Points) -> list[tuple[float, float]]:
        return [(float(x), float(y)) for x, y in self._pixels(points) * _OVERSAMPLING]

    def _canvas(self) -> Image.Image:
        return Image.new("L", (self._size * _OVERSAMPLING,) * 2)


def _averaged(canvas: Image.Image) -> Field:
    return texture.colours(canvas.reduce(_OVERSAMPLING))
