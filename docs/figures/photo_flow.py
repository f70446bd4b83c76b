"""The path of a photo through the library, in training and in prediction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from docs.figures.style import SMALL, WIDTH, Look
from docs.figures.svg import arrow, document, middle, rect, text

WORDS = {
    "en": {
        "title": "The way of a photo through the library, to learn from and to be answered",
        "learning": "Learning",
        "answering": "Answering",
        "photo": "photo",
        "decode": "decode",
        "decode is": "upright, RGB,\nresized",
        "frozen": "frozen stages",
        "frozen is": "once a photo,\non an engine",
        "store": "store",
        "store is": "on disk, by\ncontent",
        "tail": "tail",
        "tail is": "stages that\ntrain, if any",
        "head": "head",
        "head is": "solved first,\nthen trained",
        "features": "features of the stages",
        "map": "map at the cut",
        "all": "all stages",
        "all is": "as trained",
        "same head": "as trained",
        "calibration": "calibration",
        "calibration is": "temperature,\nclass means",
        "verdict": "verdict",
        "verdicts": "sure\nunsure\nunknown",
    },
    "ko": {
        "title": "사진 한 장이 라이브러리를 지나는 경로: 학습할 때와 예측할 때",
        "learning": "학습",
        "answering": "예측",
        "photo": "사진",
        "decode": "디코딩",
        "decode is": "바로 세움, RGB,\n크기 조정",
        "frozen": "동결 스테이지",
        "frozen is": "사진마다 한 번,\n추론 엔진에서",
        "store": "저장소",
        "store is": "디스크에,\n내용을 키로",
        "tail": "후반부",
        "tail is": "학습되는\n스테이지(있으면)",
        "head": "헤드",
        "head is": "최적해로 구한 뒤\n이어서 학습",
        "features": "스테이지별 특징",
        "map": "절단 지점의 특징 맵",
        "all": "모든 스테이지",
        "all is": "학습된 그대로",
        "same head": "학습된 그대로",
        "calibration": "보정",
        "calibration is": "온도,\n클래스 평균",
        "verdict": "판정",
        "verdicts": "sure\nunsure\nunknown",
    },
}

_LEFTS = (2, 74, 188, 328, 454, 596)
_WIDES = (52, 94, 120, 94, 112, 136)
_TALL = 84
_LEARNING, _ANSWERING = 78, 246  # top edges of the boxes


def draw(look: Look, words: Mapping[str, str], language: str) -> str:
    """Return the figure as SVG."""
    parts = [*_learning(look, words), *_answering(look, words)]
    return document(WIDTH, 340, *parts, look=look, language=language, title=words["title"])


def _learning(look: Look, words: Mapping[str, str]) -> Iterator[str]:
    top, centre = _LEARNING, _LEARNING + _TALL / 2
    yield text(2, top - 42, words["learning"], font_weight=700, font_size=16)
    yield from _boxes(top, ("photo", "decode", "frozen", "store", "tail", "head"), look, words)
    # The arrow from the store to the head passes above the tail.
    start, end = _LEFTS[3] + _WIDES[3] / 2, _LEFTS[5] + _WIDES[5] / 2
    yield arrow(f"M{start:g} {top} V{top - 30} H{end:g} V{top - 2}", look)
    yield middle((start + end) / 2, top - 44, words["features"], font_size=SMALL, fill=look.quiet)
    yield text(
        (_LEFTS[3] + _WIDES[3] + _LEFTS[4]) / 2,
        top + _TALL + 18,
        words["map"],
        text_anchor="middle",
        font_size=SMALL,
        fill=look.quiet,
    )
    yield arrow(
        f"M{_LEFTS[3] + _WIDES[3] + 15:g} {top + _TALL + 4} V{centre + 6:g}",
        look,
        marker_end=None,
        stroke_dasharray="3 3",
        stroke_width=1.2,
    )


def _answering(look: Look, words: Mapping[str, str]) -> Iterator[str]:
    yield text(2, _ANSWERING - 16, words["answering"], font_weight=700, font_size=16)
    names = ("photo", "decode", "all", "same head", "calibration", "verdict")
    yield from _boxes(_ANSWERING, names, look, words)


def _boxes(
    top: float, names: tuple[str, ...], look: Look, words: Mapping[str, str]
) -> Iterator[str]:
    for name, left, wide in zip(names, _LEFTS, _WIDES, strict=True):
        yield from _box(name, left, top, wide, look, words)
    for (left, wide), (after, _) in pairwise(zip(_LEFTS, _WIDES, strict=True)):
        centre = top + _TALL / 2
        yield arrow(f"M{left + wide + 3} {centre:g} H{after - 3}", look)


def _box(
    name: str, left: float, top: float, wide: float, look: Look, words: Mapping[str, str]
) -> Iterator[str]:
    shown = "head" if name == "same head" else name
    below = {"same head": "same head", "verdict": "verdicts"}.get(name, f"{name} is")
    learns, keeps = name in ("tail", "head"), name in ("store", "calibration")
    border = look.green if learns else look.blue if keeps else look.rule
    yield rect(left, top, wide, _TALL, rx=6, fill=look.panel, stroke=border, stroke_width=1.8)
    across = left + wide / 2
    if below not in words:
        yield middle(across, top + _TALL / 2, words[shown], font_weight=600)
        return
    yield middle(across, top + 18, words[shown], font_weight=600)
    yield middle(across, top + 53, words[below], font_size=SMALL, fill=look.quiet, leading=16)
