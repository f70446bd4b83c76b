"""Why averages are not enough: two leaves with the same averages of two channels and different
covariances.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docs.figures.style import SMALL, WIDTH, Look
from docs.figures.svg import arrow, document, element, line, middle, rect, text

WORDS = {
    "en": {
        "title": "Two leaves with the same averages and different covariances",
        "together": "brown spots in yellow rings",
        "apart": "brown spots, and yellow rings elsewhere",
        "brown": "channel 1\nresponds to brown",
        "yellow": "channel 2\nresponds to yellow",
        "averages": "averages\nover all places",
        "covariances": "covariances\nover all places",
        "same": "the same",
        "differ": "not the same",
    },
    "ko": {
        "title": "평균은 같고 공분산은 다른 두 잎",
        "together": "노란 고리 안에 갈색 반점",
        "apart": "갈색 반점과 노란 고리가 따로",
        "brown": "채널 1\n갈색에 반응",
        "yellow": "채널 2\n노란색에 반응",
        "averages": "모든 칸의\n평균",
        "covariances": "모든 칸의\n공분산",
        "same": "같음",
        "differ": "다름",
    },
}

# Number of positions in the maps, and the size of one on the leaf, in pixels.
_ROWS, _COLUMNS, _PLACE = 6, 10, 18
_SPOT, _RING = 4.6, 8.2  # radii of the largest spot and of the ring around it
_LEAF, _VEIN, _BROWN, _YELLOW = "#6a9f4a", "#578a3a", "#8a5426", "#f4d548"

_SIZES = (1.0, 0.86, 0.94, 0.8, 0.9, 1.0, 0.82, 0.96, 0.88, 0.92)
_TOGETHER = ((1, 2), (1, 5), (1, 7), (2, 1), (2, 4), (2, 8), (3, 3), (3, 6), (4, 4), (4, 7))
_ELSEWHERE = ((1, 3), (1, 6), (2, 2), (2, 6), (2, 7), (3, 1), (3, 5), (3, 8), (4, 3), (4, 6))

_TOP, _STEP = 58, 182
_MAP = 11  # size of a position on a map
_FIRST, _SECOND, _MEANS, _MATRIX = 224, 356, 492, 636  # left edges of the columns
_CELL = 46


@dataclass(frozen=True, slots=True)
class Leaf:
    """A drawn leaf with the responses of two channels.

    Attributes:
        name: Its key in ``WORDS``.
        spots: Positions of brown spots, each a row and a column.
        rings: Positions of yellow rings.
    """

    name: str
    spots: tuple[tuple[int, int], ...]
    rings: tuple[tuple[int, int], ...]

    @property
    def channels(self) -> NDArray[np.float64]:
        """The brown and the yellow share of each position, in per cent; ``(2, positions)``."""
        maps = np.zeros((2, _ROWS, _COLUMNS))
        areas = (_SPOT**2, _RING**2 - _SPOT**2)
        for channel, area, places in zip(maps, areas, (self.spots, self.rings), strict=True):
            for place, size in zip(places, _SIZES, strict=True):
                channel[place] = 100 * math.pi * area * size**2 / _PLACE**2
        return maps.reshape(2, -1)


LEAVES = (Leaf("together", _TOGETHER, _TOGETHER), Leaf("apart", _TOGETHER, _ELSEWHERE))


def draw(look: Look, words: Mapping[str, str], language: str) -> str:
    """Return the figure as SVG."""
    rows = [_row(leaf, _TOP + _STEP * number, look, words) for number, leaf in enumerate(LEAVES)]
    parts = [*_headings(look, words), *(part for row in rows for part in row)]
    height = _TOP + _STEP + _ROWS * _PLACE + 34
    return document(WIDTH, height, *parts, look=look, language=language, title=words["title"])


def _headings(look: Look, words: Mapping[str, str]) -> Iterator[str]:
    wide = _COLUMNS * _MAP
    columns = {"brown": _FIRST, "yellow": _SECOND, "averages": _MEANS, "covariances": _MATRIX}
    for name, left in columns.items():
        centre = left + (wide / 2 if name in ("brown", "yellow") else _CELL)
        yield middle(centre, 18, words[name], font_size=SMALL, fill=look.quiet, leading=16)
    between = _TOP + (_ROWS * _PLACE + _STEP) / 2
    yield middle(_MEANS + _CELL, between, words["same"], fill=look.quiet, font_weight=600)
    yield middle(_MATRIX + _CELL, between, words["differ"], fill=look.orange, font_weight=600)


def _row(leaf: Leaf, top: float, look: Look, words: Mapping[str, str]) -> Iterator[str]:
    yield from _photo(leaf, top)
    wide, tall = _COLUMNS * _PLACE, _ROWS * _PLACE
    centre = top + tall / 2
    name = words[leaf.name]
    yield text(2, top + tall + 20, name, font_size=SMALL, fill=look.quiet)
    yield arrow(f"M{wide + 10} {centre:g} H{_FIRST - 10}", look)
    channels = leaf.channels
    for left, values in zip((_FIRST, _SECOND), channels, strict=True):
        yield from _map(left, centre, values, look)
    yield arrow(f"M{_SECOND + _COLUMNS * _MAP + 4} {centre:g} H{_MEANS - 6}", look)
    yield from _averages(channels.mean(axis=1), centre, look)
    yield from _covariances(np.cov(channels, bias=True), centre, look)


def _photo(leaf: Leaf, top: float) -> Iterator[str]:
    """Draw the leaf, with spots and rings in the centres of positions."""
    centre, tall = top + _ROWS * _PLACE / 2, _ROWS * _PLACE
    outline = f"M2 {centre:g} C48 {top - 20:g} 132 {top - 16:g} 178 {centre:g}"
    outline += f" C132 {top + tall + 16:g} 48 {top + tall + 20:g} 2 {centre:g} z"
    yield element("path", d=outline, fill=_LEAF)
    yield line(2, centre, 164, centre, stroke=_VEIN, stroke_width=2)
    for places, draws in ((leaf.rings, _ring), (leaf.spots, _spot)):
        for (row, column), size in zip(places, _SIZES, strict=True):
            yield draws((column + 0.5) * _PLACE, top + (row + 0.5) * _PLACE, size)


def _ring(across: float, down: float, size: float = 1.0) -> str:
    radius, wide = size * (_RING + _SPOT) / 2, size * (_RING - _SPOT)
    looks = {"fill": "none", "stroke": _YELLOW, "stroke_width": wide}
    return element("circle", cx=across, cy=down, r=radius, **looks)


def _spot(across: float, down: float, size: float = 1.0) -> str:
    return element("circle", cx=across, cy=down, r=size * _SPOT, fill=_BROWN)


def _map(left: float, centre: float, values: NDArray[np.float64], look: Look) -> Iterator[str]:
    wide, tall = _COLUMNS * _MAP, _ROWS * _MAP
    top = centre - tall / 2
    yield rect(left, top, wide, tall, fill=look.panel, stroke=look.rule)
    for place in np.flatnonzero(values):
        row, column = divmod(int(place), _COLUMNS)
        shade = float(values[place] / values.max())
        place_at = (left + column * _MAP, top + row * _MAP)
        yield rect(*place_at, _MAP, _MAP, fill=look.blue, fill_opacity=shade)


def _averages(means: NDArray[np.float64], centre: float, look: Look) -> Iterator[str]:
    """Draw a bar and a number for each channel."""
    for mean, offset, sign in zip(means, (-18, 18), (_spot, _ring), strict=True):
        down = centre + offset
        yield sign(_MEANS + 10, down)
        yield rect(_MEANS + 26, down - 6, 5 * float(mean), 12, fill=look.blue)
        yield text(_MEANS + 32 + 5 * float(mean), down + 5, f"{mean:.1f} %", font_size=SMALL)


def _covariances(matrix: NDArray[np.float64], centre: float, look: Look) -> Iterator[str]:
    """Draw the matrix, with symbols of the channels next to rows and columns."""
    top = centre - _CELL
    for number, sign in enumerate((_spot, _ring)):
        along = (number + 0.5) * _CELL
        yield sign(_MATRIX - 12, top + along)
        yield sign(_MATRIX + along, top - 12)
    for (row, column), value in np.ndenumerate(matrix):
        left, down = _MATRIX + column * _CELL, top + row * _CELL
        yield rect(left, down, _CELL, _CELL, fill=look.panel, stroke=look.rule)
        told = f"{value:.0f}".replace("-", "\N{MINUS SIGN}")
        between = {"fill": look.orange, "font_weight": 700} if row != column else {}
        yield middle(left + _CELL / 2, down + _CELL / 2, told, **between)
