"""Training photos, and files with malicious names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image

from tests.fuzz.mutations import damaged
from tests.fuzz.seeds import photo_seeds

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")
# Names that terminals, pages, spreadsheets and shells could interpret.
HOSTILE_NAMES = (
    "\x1b[2J\x1b]0;title\x07.png",
    "gpj.\u202efael.png",
    "two\rlines.png",
    "two\nlines.png",
    "=HYPERLINK(1).png",
    "@SUM(A1).png",
    "-rf.png",
    "<script>alert(1)</script>.png".replace("/", "\u2215"),
    "[red]leaf[/red].png".replace("/", "\u2215"),
    "$(true);`true`.png",
    " .png",
    "%s%n{0}.png",
)


def draw(folder: Path, photos: int, *, size: int = 32) -> Path:
    """Draw photos of three classes, most of which differ in colour."""
    rng = np.random.default_rng(0)
    for number in range(photos):
        label = number % len(CLASSES)
        pixels = rng.integers(0, 150, (size, size, 3))
        pixels[:, :, label] += 60
        path = folder / CLASSES[label] / f"{number:04}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels.astype(np.uint8)).save(path)
    return folder


def corpus(folder: Path, files: int, *, seed: int) -> tuple[Path, int]:
    """Write damaged and strangely named files to a folder, and count them."""
    folder.mkdir(parents=True)
    for number, (name, content) in enumerate(_hostile(files, seed)):
        with suppress(OSError):  # a name that the system does not allow
            (folder / (name or f"{number:05}")).write_bytes(content)
    (folder / "broken-link.png").symlink_to(folder / "nowhere.png")
    return folder, sum(1 for _ in folder.iterdir())


def _hostile(files: int, seed: int) -> Iterator[tuple[str, bytes]]:
    rng, seeds = np.random.default_rng(seed), photo_seeds()
    names, good = list(seeds), list(seeds.values())
    for number in range(files):
        at = int(rng.integers(len(names)))
        yield f"{number:05}-{names[at]}", damaged(good[at], good, rng)
    yield from ((name, good[names.index("plain.png")]) for name in HOSTILE_NAMES)
    yield from (("empty.png", b""), ("page.png", b"<html>"), ("zeros.jpg", bytes(4096)))
