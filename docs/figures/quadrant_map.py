"""The size-similarity matrix with its policies, and the positions of known data sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docs.figures.style import SMALL, WIDTH, Look
from docs.figures.svg import arrow, document, element, line, middle, rect, text
from transferleaf.advice.references import references
from transferleaf.advice.thresholds import DIVERGENCE, PHOTOS
from transferleaf.quadrant import DataSize, Quadrant, Similarity

WORDS = {
    "en": {
        "title": "The four quadrants, and where measured data sets stand",
        "I": "many photos, similar:\nhead and last stages train",
        "II": "many photos, dissimilar:\neverything trains",
        "III": "few photos, dissimilar:\nhead and, gently, last stages train",
        "IV": "few photos, similar:\nthe head alone trains",
        "similarity": "similarity to the photos of the pretraining",
        "size": "amount of data",
        "photos": "border: {photos:,} photos",
        "divergence": "border: divergence {divergence:.2f}",
        "PlantVillage": "PlantVillage",
        "steel surfaces": "steel surfaces",
        "field leaves": "leaves in the field",
        "drawn leaves": "drawn leaves",
    },
    "ko": {
        "title": "네 사분면과 측정한 데이터셋의 위치",
        "I": "사진이 많고 비슷함:\n헤드와 마지막 스테이지들을 학습",
        "II": "사진이 많고 다름:\n전체를 학습",
        "III": "사진이 적고 다름:\n헤드를 학습, 마지막 스테이지는 조심스럽게",
        "IV": "사진이 적고 비슷함:\n헤드만 학습",
        "similarity": "사전 학습 사진과의 유사도",
        "size": "데이터의 양",
        "photos": "경계: 사진 {photos:,}장",
        "divergence": "경계: 발산 {divergence:.2f}",
        "PlantVillage": "PlantVillage",
        "steel surfaces": "강판 표면",
        "field leaves": "밭에서 찍은 잎",
        "drawn leaves": "그린 잎",
    },
}

_LEFT, _TOP, _SIDE, _RISE = 44, 8, 680, 420
_STRIP = 56  # below the axis, for labels


def draw(look: Look, words: Mapping[str, str], language: str) -> str:
    """Return the figure as SVG."""
    bottom = _TOP + _RISE + _STRIP
    parts = [
        *_cells(look, words),
        *_borders(look, words),
        *_places(look, words),
        arrow(f"M{_LEFT} {bottom + 14} H{_LEFT + _SIDE}", look),
        middle(_LEFT + _SIDE / 2, bottom + 34, words["similarity"], fill=look.quiet),
        arrow(f"M{_LEFT - 14} {bottom} V{_TOP}", look),
        element(
            "g",
            middle(0, 0, words["size"], fill=look.quiet),
            transform=f"translate({_LEFT - 30} {(_TOP + bottom) / 2}) rotate(-90)",
        ),
    ]
    return document(WIDTH, bottom + 48, *parts, look=look, language=language, title=words["title"])


def _cells(look: Look, words: Mapping[str, str]) -> Iterator[str]:
    half, up = _SIDE / 2, _RISE / 2
    for cell, tint in zip(Quadrant, look.tints, strict=True):
        left = _LEFT + (half if cell.similarity is Similarity.HIGH else 0)
        upper = cell.size is DataSize.LARGE
        top = _TOP if upper else _TOP + up
        height = up if upper else up + _STRIP
        yield rect(left, top, half, height, fill=tint)
        foot = top + 34 if upper else top + height - 40
        yield text(left + 16, foot + 4, cell.value, font_size=30, font_weight=700, fill=look.quiet)
        yield text(left + 74, foot - 8, words[cell.value])
    yield rect(_LEFT, _TOP, _SIDE, _RISE + _STRIP, fill="none", stroke=look.rule)


def _borders(look: Look, words: Mapping[str, str]) -> Iterator[str]:
    across, down = _LEFT + _SIDE / 2, _TOP + _RISE / 2
    ends = {"stroke": look.quiet, "stroke_width": 1.2}
    beside = {"fill": look.quiet, "font_size": SMALL}
    yield line(across, _TOP, across, _TOP + _RISE + _STRIP, **ends)
    yield line(_LEFT, down, _LEFT + _SIDE, down, **ends)
    photos = words["photos"].format(photos=round(PHOTOS.middle / 100) * 100)
    yield text(_LEFT + 8, down - 7, photos, **beside)
    divergence = words["divergence"].format(divergence=DIVERGENCE.middle)
    label = text(0, -7, divergence, **beside)
    yield element("g", label, transform=f"translate({across:g} {down - 10:g}) rotate(-90)")


def _places(look: Look, words: Mapping[str, str]) -> Iterator[str]:
    for known in references():
        across = _LEFT + _SIDE * known.similarity
        down = _TOP + _RISE * (1 - known.size)
        yield element("circle", cx=across, cy=down, r=6, fill=look.blue)
        yield text(across + 12, down + 5, words[known.name], fill=look.blue, font_weight=600)
