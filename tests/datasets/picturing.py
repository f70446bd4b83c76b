"""Generated pictures with structure, for tests of facts and duplicates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def picture(seed: int, size: tuple[int, int] = (96, 96)) -> Image.Image:
    """Draw soft patches of colour that depend on the seed; ``size`` is width and height."""
    patches = np.random.default_rng(seed).integers(0, 256, size=(6, 6, 3), dtype=np.uint8)
    return Image.fromarray(patches).resize(size, Image.Resampling.BICUBIC)


def save(image: Image.Image, path: Path, **options: object) -> Path:
    """Write a picture, and create its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)
    return path
