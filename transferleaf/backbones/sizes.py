"""Stored sizes of the listed backbones, so that listing them builds none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SIZES_FILE = Path(__file__).parent / "sizes.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneSize:
    """The size of a backbone.

    Attributes:
        parameters: Number of trainable parameters.
        multiply_adds: Multiply-adds of its convolutions and dense layers for one photo at its image
            size, without the products of attention.
    """

    parameters: int
    multiply_adds: int


def size_of(name: str) -> BackboneSize | None:
    """Return the size of a listed backbone; ``None`` for plugins and other KerasHub presets.

    >>> size_of("resnet50").parameters
    23534592
    """
    found = _sizes().get(name)
    return None if found is None else BackboneSize(**found)


@cache
def _sizes() -> dict[str, dict[str, int]]:
    sizes: dict[str, dict[str, int]] = json.loads(SIZES_FILE.read_text(encoding="utf-8"))
    return sizes
