"""Error rates on test photos over the time of training, for each library.

``benchmarks.peers`` measures the data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.peers.comparing import by_machine, curves_of, front, is_ours, policy_of
from benchmarks.peers.curve import Curve, Point
from docs.figures.axes import LogAxis
from docs.figures.style import SMALL, WIDTH, Look
from docs.figures.svg import document, element, line, middle, text

WORDS = {
    "en": {
        "title": "Wrong answers by seconds of training, both axes logarithmic",
        "wrong": "wrong answers on photos of other leaves",
        "seconds": "seconds of training, without evaluations",
        "augmented": "augmented",
        "auto": "auto",
        "key": "Rings: only the head was trained. Numerals: quadrants. The step line follows the "
        "most accurate policy so far.",
    },
    "ko": {
        "title": "학습 시간에 따른 오답, 두 축 모두 로그 눈금",
        "wrong": "학습에 쓰지 않은 잎의 사진에서 오답의 비율",
        "seconds": "학습 시간(초), 평가 시간 제외",
        "augmented": "증강",
        "auto": "자동",
        "key": "고리: 헤드만 학습한 때. 로마 숫자: 사분면. 계단선: 그때까지 가장 정확한 정책.",
    },
}

CURVES = ("plain Keras", "timm", "fastai")
_NAMES = {"plain Keras": "Keras"}
_FILE = Path(__file__).parents[2] / "benchmarks" / "peers" / "measured.json"
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 672, 34, 378
_ROOM = 1.18  # margin between the outermost points and the frame, as a factor


def measured() -> dict[str, Curve]:
    """Return the curves of the libraries on the figure."""
    trainings, *_ = by_machine(json.loads(_FILE.read_text("utf-8")), 60).values()
    curves = curves_of(trainings)
    return {title: curve for title, curve in curves.items() if title in CURVES or is_ours(title)}


def draw(look: Look, words: Mapping[str, str], language: str) -> str:
    """Return the figure as SVG."""
    curves = measured()
    points = [point for curve in curves.values() for point in curve.points]
    seconds = [point.seconds for point in points]
    errors = [1 - point.accuracy for point in points]
    across = LogAxis(min(seconds) / _ROOM, max(seconds) * _ROOM, _LEFT, _RIGHT)
    down = LogAxis(min(errors) / _ROOM**2, max(errors) * _ROOM, _BOTTOM, _TOP)
    colours = dict(zip(CURVES, (look.blue, look.orange, look.quiet), strict=True))
    parts = [
        *_grid(across, down, look, words),
        *(
            part
            for title, colour in colours.items()
            if title in curves
            for part in _peer(_NAMES.get(title, title), curves[title], colour, across, down)
        ),
        *_ours(curves, words, look, across, down),
    ]
    height = _BOTTOM + 76
    return document(WIDTH, height, *parts, look=look, language=language, title=words["title"])


def _grid(across: LogAxis, down: LogAxis, look: Look, words: Mapping[str, str]) -> Iterator[str]:
    quiet = {"fill": look.quiet, "font_size": SMALL}
    yield text(2, 14, words["wrong"], **quiet)
    for tick in down.ticks:
        height = down.at(tick)
        yield line(_LEFT, height, _RIGHT, height, stroke=look.rule)
        yield text(_LEFT - 8, height + 4, f"{tick:.0%}", text_anchor="end", **quiet)
    for tick in across.ticks:
        place = across.at(tick)
        yield line(place, _TOP, place, _BOTTOM, stroke=look.rule)
        yield text(place, _BOTTOM + 19, f"{tick:,.0f}", text_anchor="middle", **quiet)
    yield middle((_LEFT + _RIGHT) / 2, _BOTTOM + 38, words["seconds"], **quiet)
    yield text(2, _BOTTOM + 66, words["key"], **quiet)


def _peer(name: str, curve: Curve, colour: str, across: LogAxis, down: LogAxis) -> Iterator[str]:
    places = [_place(point, across, down) for point in curve.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield element("polyline", points=path, fill="none", stroke=colour, stroke_width=2)
    for point, (x, y) in zip(curve.points, places, strict=True):
        yield _dot(x, y, colour, filled=point.trained != "head")
    x, y = places[-1]
    yield text(x + 9, y + 5, name, fill=colour, font_weight=600)


def _ours(
    curves: Mapping[str, Curve],
    words: Mapping[str, str],
    look: Look,
    across: LogAxis,
    down: LogAxis,
) -> Iterator[str]:
    best = front(curves)
    places = [_place(point, across, down) for _, point in best]
    path = f"M{places[0][0]:.1f} {places[0][1]:.1f}"
    path += "".join(f" H{x:.1f} V{y:.1f}" for x, y in places[1:]) + f" H{_RIGHT}"
    yield element("path", d=path, fill="none", stroke=look.green, stroke_width=2)
    for title, curve in curves.items():
        if is_ours(title):
            x, y = _place(curve.best, across, down)
            yield _dot(x, y, look.green)
    x, y = places[0]
    yield text(x, y - 12, "transferleaf", fill=look.green, font_weight=600)
    for (title, _), (x, y) in zip(best, places, strict=True):
        told = policy_of(title)
        for word in ("augmented", "auto"):
            told = told.replace(word, words[word])
        yield text(x, y + 19, told, fill=look.green, font_size=SMALL, text_anchor="middle")


def _place(point: Point, across: LogAxis, down: LogAxis) -> tuple[float, float]:
    return across.at(point.seconds), down.at(1 - point.accuracy)


def _dot(x: float, y: float, colour: str, *, filled: bool = True) -> str:
    fill = colour if filled else "none"
    return element("circle", cx=x, cy=y, r=3.5, fill=fill, stroke=colour, stroke_width=1.5)
