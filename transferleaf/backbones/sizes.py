"""How large the listed backbones are; counted once, so that listing them builds none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SIZES_FILE = Path(__file__).parent / "sizes.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneSize:
    """What a backbone costs.

    Attributes:
        parameters: Values that training can change.
        multiply_adds: Work of its convolutions and dense layers for one photo at its own image
            size; the products of attention itself are not counted.
    """

    parameters: int
    multiply_adds: int


def size_of(name: str) -> BackboneSize | None:
    """The size of a listed backbone; ``None`` for a plugin's or another preset of KerasHub.

    >>> size_of("resnet50").parameters
    23534592
    """
    found = _sizes().get(name)
    return None if found is None else BackboneSize(**found)


@cache
def _sizes() -> dict[str, dict[str, int]]:
    sizes: dict[str, dict[str, int]] = json.loads(SIZES_FILE.read_text(encoding="utf-8"))
    return sizes
