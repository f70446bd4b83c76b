"""The plan of each quadrant's policy: what it trains, stage by stage.

``measure_policies`` computes the plans.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import transferleaf as tl
from docs.figures.style import SMALL, WIDTH, Look
from docs.figures.svg import arrow, document, middle, rect, text

WORDS = {
    "en": {
        "title": "What trains under each of the four policies, stage by stage",
        "photo": "photo",
        "head": "head",
        "low": "low-level features",
        "high": "high-level features",
        "many similar": "many, similar",
        "many dissimilar": "many, dissimilar",
        "few dissimilar": "few, dissimilar",
        "few similar": "few, similar",
        "frozen": "frozen",
        "solved": "solved",
        "trains": "values\nthat train",
        "key": "×: step of a stage, as a multiple of the learning rate. The head is always solved "
        "first.\nBatch normalisation stays frozen in every stage.",
    },
    "ko": {
        "title": "네 가지 정책이 스테이지마다 학습하는 것",
        "photo": "사진",
        "head": "헤드",
        "low": "저수준 특징",
        "high": "고수준 특징",
        "many similar": "많고 비슷함",
        "many dissimilar": "많고 다름",
        "few dissimilar": "적고 다름",
        "few similar": "적고 비슷함",
        "frozen": "동결",
        "solved": "최적해",
        "trains": "학습되는\n값의 수",
        "key": "×: 학습률에 곱하는 스테이지별 배수. 헤드는 언제나 최적해로 먼저 구합니다.\n"
        "배치 정규화는 모든 스테이지에서 동결됩니다.",
    },
}

_FILE = Path(__file__).parent / "measured" / "plans.json"
_LEFT, _STEP, _GAP = 132, 52, 4
_ROW, _FIRST_ROW = 52, 140


@lru_cache
def plans() -> dict[tl.Quadrant, tl.FreezePlan]:
    """Return the plan of each quadrant's policy."""
    values = json.loads(_FILE.read_text("utf-8"))
    return {cell: tl.FreezePlan.from_dict(values[cell.value]) for cell in tl.Quadrant}


def draw(look: Look, words: Mapping[str, str], language: str) -> str:
    """Return the figure as SVG."""
    rows = [_row(cell, number, look, words) for number, cell in enumerate(tl.Quadrant)]
    end = _FIRST_ROW + 4 * _ROW
    parts = [
        *_network(look, words),
        *(part for row in rows for part in row),
        text(16, end + 28, words["key"], font_size=SMALL, fill=look.quiet),
    ]
    return document(WIDTH, end + 56, *parts, look=look, language=language, title=words["title"])


def _network(look: Look, words: Mapping[str, str]) -> Iterator[str]:
    """Draw the stages as blocks with less and less detail and more and more channels."""
    names = plans()[tl.Quadrant.I].head_stages
    yield text(_LEFT - 14, 62, words["photo"], text_anchor="end")
    for number, name in enumerate(names):
        tall, wide = 78 - 6 * number, 18 + 3 * number
        centre = _LEFT + _STEP * number + _STEP / 2
        yield rect(
            centre - wide / 2, 58 - tall / 2, wide, tall, rx=3, fill=look.panel, stroke=look.quiet
        )
        yield middle(centre, 116, name, font_size=SMALL)
    head = _LEFT + _STEP * len(names) + _STEP / 2
    yield rect(head - 15, 43, 30, 30, rx=15, fill=look.panel, stroke=look.quiet)
    yield middle(head, 116, words["head"], font_size=SMALL)
    yield arrow(f"M{_LEFT - 8} 58 H{_LEFT + 14}", look)
    yield text(_LEFT + 4, 12, words["low"], font_size=SMALL, fill=look.quiet)
    high = {"font_size": SMALL, "fill": look.quiet, "text_anchor": "end"}
    yield text(head - 30, 12, words["high"], **high)
    yield text(WIDTH - 6, 104, words["trains"], leading=16, **high)


def _row(cell: tl.Quadrant, number: int, look: Look, words: Mapping[str, str]) -> Iterator[str]:
    plan = plans()[cell]
    phase = plan.phases[-1]
    top = _FIRST_ROW + _ROW * number
    centre = top + (_ROW - 10) / 2
    amount = "many" if cell.size is tl.DataSize.LARGE else "few"
    likeness = "similar" if cell.similarity is tl.Similarity.HIGH else "dissimilar"
    yield text(16, centre - 2, cell.value, font_weight=700, font_size=17)
    yield text(16, centre + 15, words[f"{amount} {likeness}"], font_size=SMALL, fill=look.quiet)
    for place, stage in enumerate(phase.stages):
        rate = f"×{stage.rate:.2g}" if stage.trainable else words["frozen"]
        yield from _cell(place, top, rate, bool(stage.trainable), look)
    gradient = phase.epochs > 0
    told = f"×{phase.head_rate:.2g}" if gradient else words["solved"]
    yield from _cell(len(phase.stages), top, told, True, look)
    count = f"{plan.trainable_parameters(phase):,}"
    yield text(WIDTH - 6, centre + 5, count, text_anchor="end", font_size=SMALL)


def _cell(place: int, top: float, told: str, trains: bool, look: Look) -> Iterator[str]:
    left = _LEFT + _STEP * place + _GAP / 2
    wide, tall = _STEP - _GAP, _ROW - 10
    fill = look.green if trains else look.panel
    border = look.green if trains else look.rule
    yield rect(left, top, wide, tall, rx=4, fill=fill, stroke=border)
    yield middle(
        left + wide / 2,
        top + tall / 2,
        told,
        font_size=SMALL,
        fill=look.on_green if trains else look.quiet,
        font_weight=600 if trains else None,
    )
