"""From low-level to high-level features: the response of each stage to a leaf, and its accuracy.

``measure_features`` measures the data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docs.figures.style import SMALL, WIDTH, Look
from docs.figures.svg import arrow, document, element, line, middle, picture, text

WORDS = {
    "en": {
        "title": "What each stage answers to on a drawn leaf, and how well it tells leaves apart",
        "leaf": "The photo: a drawn apple leaf with rust. Below, for each stage of a\n"
        "network trained on ImageNet, the channel whose values vary most over\n"
        "the photo: colours, spots and edges at first, larger parts later.\n"
        "The numbers say how many places a map has.",
        "accuracy": "accuracy of a linear classifier on the averaged outputs of one stage",
        "all": "all stages: {accuracy:.0%}",
        "low": "low-level features",
        "high": "high-level features",
    },
    "ko": {
        "title": "그린 잎에서 스테이지마다 반응하는 것과 잎을 구별하는 정확도",
        "leaf": "사진: 녹병에 걸린 사과 잎을 그린 것. 아래는 ImageNet으로 사전 학습된 신경망의\n"
        "각 스테이지에서 값이 사진 안에서 가장 크게 달라지는 채널입니다. 앞쪽은 색과 반점,\n"
        "가장자리에, 뒤쪽은 더 큰 부분에 반응합니다. 숫자는 맵의 칸 수입니다.",
        "accuracy": "한 스테이지의 평균 출력에 선형 분류기를 얹었을 때의 정확도",
        "all": "모든 스테이지: {accuracy:.0%}",
        "low": "저수준 특징",
        "high": "고수준 특징",
    },
}

_MEASURED = Path(__file__).parent / "measured" / "features"
_LEFT, _STEP, _MAP = 44, 76, 72
_MAPS = 146  # top edge of the maps
_TOP, _BOTTOM = 306, 436  # top and bottom of the chart


def measured() -> dict[str, Any]:
    """Return the results of ``measure_features``."""
    return json.loads((_MEASURED / "facts.json").read_text("utf-8"))


def draw(look: Look, words: Mapping[str, str], language: str) -> str:
    """Return the figure as SVG."""
    facts = measured()
    parts = [
        picture(_LEFT, 4, 116, 116, (_MEASURED / "leaf.jpg").read_bytes(), "jpeg"),
        text(_LEFT + 134, 38, words["leaf"], leading=20),
        *_maps(facts, look),
        *_chart(facts, look, words),
    ]
    return document(WIDTH, _BOTTOM + 44, *parts, look=look, language=language, title=words["title"])


def _maps(facts: dict[str, Any], look: Look) -> Iterator[str]:
    for number, name in enumerate(facts["stages"]):
        left = _LEFT + _STEP * number
        content = (_MEASURED / f"{name}.png").read_bytes()
        yield picture(left, _MAPS, _MAP, _MAP, content, "png")
        side = facts["sides"][number]
        told = f"{name}\n{side} × {side}"
        yield middle(left + _MAP / 2, _MAPS + _MAP + 22, told, font_size=SMALL, leading=16)


def _chart(facts: dict[str, Any], look: Look, words: Mapping[str, str]) -> Iterator[str]:
    right = _LEFT + _STEP * len(facts["stages"])
    quiet = {"fill": look.quiet, "font_size": SMALL}
    yield text(_LEFT, _TOP - 14, words["accuracy"], **quiet)
    for share in (0.0, 0.5, 1.0):
        yield line(_LEFT, _height(share), right, _height(share), stroke=look.rule)
        yield text(_LEFT - 6, _height(share) + 4, f"{share:.0%}", text_anchor="end", **quiet)
    together = facts["all_stages"]["accuracy"]
    dashes = {"stroke": look.green, "stroke_width": 1.8, "stroke_dasharray": "6 4"}
    yield line(_LEFT, _height(together), right, _height(together), **dashes)
    yield text(
        _LEFT + 4,
        _height(together) + 17,
        words["all"].format(accuracy=together),
        fill=look.green,
        font_weight=600,
        font_size=SMALL,
    )
    yield from _probes(facts["probes"], look)
    yield text(_LEFT, _BOTTOM + 26, words["low"], **quiet)
    yield text(right, _BOTTOM + 26, words["high"], text_anchor="end", **quiet)
    yield arrow(f"M{_LEFT + 150} {_BOTTOM + 22} H{right - 150}", look)


def _probes(probes: list[dict[str, float]], look: Look) -> Iterator[str]:
    places = [
        (_LEFT + _STEP * number + _MAP / 2, probe["accuracy"], probe["deviation"])
        for number, probe in enumerate(probes)
    ]
    path = " ".join(f"{across:g},{_height(share):.1f}" for across, share, _ in places)
    yield element("polyline", points=path, fill="none", stroke=look.blue, stroke_width=1.8)
    for across, share, unsure in places:
        bar = (_height(share - unsure), _height(share + unsure))
        yield line(across, bar[0], across, bar[1], stroke=look.blue, stroke_width=1.8)
        yield element("circle", cx=across, cy=_height(share), r=4, fill=look.blue)
        told = {"fill": look.blue, "font_weight": 600, "font_size": SMALL, "text_anchor": "middle"}
        yield text(across, _height(share) + (22 if share > 0.3 else -12), f"{share:.0%}", **told)


def _height(share: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * share
