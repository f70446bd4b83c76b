"""Error rates with averages and with second-order features, by number of photos.

``benchmarks.second_order`` measures the data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from docs.figures.axes import LogAxis
from docs.figures.style import SMALL, WIDTH, Look
from docs.figures.svg import document, element, line, middle, text

WORDS = {
    "en": {
        "title": "Wrong answers by number of training photos, both axes logarithmic",
        "wrong": "wrong answers on photos of other leaves",
        "photos": "training photos",
        "average": "averages",
        "second-order": "second order",
        "change": "Line: mean over draws; dots: single draws; numbers: change of the errors.",
    },
    "ko": {
        "title": "학습 사진 수에 따른 오답, 두 축 모두 로그 눈금",
        "wrong": "학습에 쓰지 않은 잎의 사진에서 오답의 비율",
        "photos": "학습 사진 수",
        "average": "평균",
        "second-order": "2차 특징",
        "change": "선: 여러 추출의 평균. 점: 추출 하나. 숫자: 오답의 증감.",
    },
}

BACKBONE = "efficientnet_lite0"
_FILE = Path(__file__).parents[2] / "benchmarks" / "second_order" / "measured.json"
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 616, 34, 338
_ROOM = 1.18  # margin between the outermost points and the frame, as a factor


@dataclass(frozen=True, slots=True)
class Size:
    """The error rates of heads for one number of photos.

    Attributes:
        photos: Number of training photos, mean over the draws.
        errors: Error rate of each draw.
    """

    photos: float
    errors: tuple[float, ...]

    @property
    def error(self) -> float:
        """The mean over the draws."""
        return fmean(self.errors)


def measured() -> dict[str, list[Size]]:
    """Return the curve of each kind of pooling, by number of photos."""
    rows = json.loads(_FILE.read_text("utf-8"))["accuracy"]
    sizes: dict[str, dict[int | None, list[tuple[int, float]]]] = {
        "average": {},
        "second-order": {},
    }
    for row in rows:
        if row["backbone"] == BACKBONE:
            draws = sizes[row["pooling"]].setdefault(row["photos_a_class"], [])
            draws.append((row["photos"], 1 - row["accuracy"]))
    return {
        pooling: sorted(
            (
                Size(fmean(photos for photos, _ in draws), tuple(error for _, error in draws))
                for draws in of_size.values()
            ),
            key=lambda size: size.photos,
        )
        for pooling, of_size in sizes.items()
    }


def draw(look: Look, words: Mapping[str, str], language: str) -> str:
    """Return the figure as SVG."""
    curves = measured()
    every = [size for curve in curves.values() for size in curve]
    photos = [size.photos for size in every]
    errors = [error for size in every for error in size.errors]
    across = LogAxis(min(photos) / _ROOM, max(photos) * _ROOM, _LEFT, _RIGHT)
    down = LogAxis(min(errors) / _ROOM**2, max(errors) * _ROOM, _BOTTOM, _TOP)
    colours = {"average": look.blue, "second-order": look.orange}
    parts = [
        *_grid(across, down, look, words),
        *(
            part
            for pooling, curve in curves.items()
            for part in _curve(curve, words[pooling], colours[pooling], across, down)
        ),
        *_changes(curves, across, down, look),
    ]
    height = _BOTTOM + 76
    return document(WIDTH, height, *parts, look=look, language=language, title=words["title"])


def _grid(across: LogAxis, down: LogAxis, look: Look, words: Mapping[str, str]) -> Iterator[str]:
    quiet = {"fill": look.quiet, "font_size": SMALL}
    yield text(2, 14, words["wrong"], **quiet)
    for tick in down.ticks:
        height = down.at(tick)
        yield line(_LEFT, height, _RIGHT, height, stroke=look.rule)
        yield text(
            _LEFT - 8, height + 4, f"{tick:.1%}".replace(".0", ""), text_anchor="end", **quiet
        )
    for tick in across.ticks:
        place = across.at(tick)
        yield line(place, _TOP, place, _BOTTOM, stroke=look.rule)
        yield text(place, _BOTTOM + 19, f"{tick:,.0f}", text_anchor="middle", **quiet)
    yield middle((_LEFT + _RIGHT) / 2, _BOTTOM + 38, words["photos"], **quiet)
    yield text(2, _BOTTOM + 66, words["change"], **quiet)


def _curve(
    curve: list[Size], name: str, colour: str, across: LogAxis, down: LogAxis
) -> Iterator[str]:
    places = [(across.at(size.photos), down.at(size.error)) for size in curve]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield element("polyline", points=path, fill="none", stroke=colour, stroke_width=2)
    for size, (x, y) in zip(curve, places, strict=True):
        for error in size.errors:
            faint = {"fill": colour, "fill_opacity": 0.35}
            yield element("circle", cx=x, cy=down.at(error), r=3, **faint)
        yield element("circle", cx=x, cy=y, r=4, fill=colour)
    x, y = places[-1]
    yield text(x + 12, y + 5, name, fill=colour, font_weight=600, leading=17)


def _changes(
    curves: Mapping[str, list[Size]], across: LogAxis, down: LogAxis, look: Look
) -> Iterator[str]:
    """Draw the change of the errors below the lower curve."""
    for before, after in zip(curves["average"], curves["second-order"], strict=True):
        told = f"{after.error / before.error - 1:+.0%}".replace("-", "\N{MINUS SIGN}")
        x, y = across.at(after.photos), down.at(min(after.errors))
        yield text(x, y + 20, told, fill=look.orange, font_size=SMALL, text_anchor="middle")
