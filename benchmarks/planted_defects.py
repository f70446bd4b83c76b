"""Defects that are planted among valid photos, to count how many of them an audit finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFilter

import transferleaf as tl

PLANTED_EACH = 20

Change = Callable[[Image.Image, np.random.Generator], Image.Image]


class Kind(NamedTuple):
    """A change of a photo, and the checks of both libraries that should find it."""

    change: Change | None
    ours: set[str]
    theirs: set[str]


def darkened(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    left = rng.uniform(0.03, 0.15)
    return photo.point(lambda value: value * left)


def over_exposed(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    left = rng.uniform(0.02, 0.08)
    return photo.point(lambda value: 255 - (255 - value) * left)


def low_information(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    pixels = rng.normal(120, 1.0, (photo.height, photo.width, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


DEFECTS: dict[str, Kind] = {
    "blurred": Kind(
        lambda photo, rng: photo.filter(ImageFilter.GaussianBlur(rng.uniform(3, 10))),
        {"blurred-photos"},
        {"blurry"},
    ),
    "dark": Kind(darkened, {"dark-photos"}, {"dark"}),
    "over-exposed": Kind(
        over_exposed,
        {"over-exposed-photos"},
        {"light"},
    ),
    "odd aspect (8:1)": Kind(
        lambda photo, _: photo.crop((0, 96, 256, 128)),
        {"odd-shapes"},
        {"odd_aspect_ratio"},
    ),
    "low information": Kind(low_information, {"photos-without-content"}, {"low_information"}),
    "grey": Kind(lambda photo, _: photo.convert("L"), {"grey-photos"}, {"grayscale"}),
    "tiny (24 px)": Kind(lambda photo, _: photo.resize((24, 24)), {"tiny-photos"}, {"odd_size"}),
    "huge (4,200 px)": Kind(
        lambda photo, _: photo.resize((4200, 4200)),
        {"huge-photos"},
        {"odd_size"},
    ),
}
ALIKE = {"near-duplicates", "near-duplicates-of-one-leaf", "near-duplicates-two-labels"}
EQUAL = {"exact-duplicates", "one-photo-two-labels"}
NEAR = {"near_duplicates", "exact_duplicates"}
COPIES: dict[str, Kind] = {
    "near copy (3/4 size, quality 50)": Kind(
        lambda photo, _: photo.resize((192, 192)),
        ALIKE | EQUAL,
        NEAR,
    ),
    "turned copy": Kind(lambda photo, _: photo.rotate(90), ALIKE | EQUAL, NEAR),
    "mirrored copy": Kind(
        lambda photo, _: photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        ALIKE | EQUAL,
        NEAR,
    ),
}
CUT, EXACT = "cut file", "exact copy"
KINDS = {
    **DEFECTS,
    CUT: Kind(None, {"broken-files"}, set()),
    EXACT: Kind(None, EQUAL, {"exact_duplicates"}),
    **COPIES,
}


def plant(data: tl.LeafDataset, root: Path, seed: int = 0) -> dict[str, set[str]]:
    """Copy the photos to ``root`` and plant defects. Returns the names by kind."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(data)).tolist()
    planted: dict[str, set[str]] = {}

    def place(row: int, kind: str, ending: str = ".jpg") -> Path:
        name = f"{data.classes[data.labels[row]]}/planted_{kind[:6].strip()}_{row}{ending}"
        planted.setdefault(kind, set()).add(name)
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        return root / name

    for kind, (change, *_) in DEFECTS.items():
        assert change is not None
        for _ in range(PLANTED_EACH // 4 if kind.startswith("huge") else PLANTED_EACH):
            row = order.pop()
            changed = change(open_rgb(data.paths[row]), rng)
            changed.save(place(row, kind), quality=90)
    for _ in range(PLANTED_EACH):
        row = order.pop()
        whole = data.paths[row].read_bytes()
        place(row, CUT).write_bytes(whole[: len(whole) * 6 // 10])
    for row in order:
        target = root / data.classes[data.labels[row]] / f"{row}{data.paths[row].suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.paths[row].read_bytes())
    for kind, (change, *_) in COPIES.items():
        assert change is not None
        for _ in range(PLANTED_EACH):
            row = order.pop()
            changed = change(open_rgb(data.paths[row]), rng)
            changed.save(place(row, kind), quality=50 if kind.startswith("near") else 90)
    for _ in range(PLANTED_EACH):
        row = order.pop()
        place(row, EXACT).write_bytes(data.paths[row].read_bytes())
    return planted


def open_rgb(path: Path) -> Image.Image:
    return Image.fromarray(tl.datasets.read_photo(path))
