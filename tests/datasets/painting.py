"""Generated photos of one colour."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PIL import Image


def paint(path: Path, colour: str | tuple[int, int, int] = "green", side: int = 8) -> Path:
    """Write a square photo of one colour, and create its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (side, side), colour).save(path)
    return path


def paint_all(root: Path, names: Iterable[str]) -> Path:
    """Write a photo for each name, relative to ``root``."""
    for name in names:
        paint(root / name)
    return root
