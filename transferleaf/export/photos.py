"""The photos for checking an export, and for measuring the ranges of int8."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.photos.reading import read_photos
from transferleaf.export.file_format import Photos

_MOST_CHECKED = 256
# A few hundred are usual, but the ranges hardly change after the first hundred.
_MOST_CALIBRATING = 128

_DRAWN_CLASSES = ("Apple___Rust", "Bean___Rust", "Bean___healthy")
_DRAWN_PER_CLASS = 8


@contextmanager
def photo_files(data: LeafDataset | None, *, image_size: int) -> Iterator[tuple[Path, ...]]:
    """Yield the photo files to use: those of ``data``, or drawn leaves, which are then removed."""
    if data is not None:
        yield data.paths
        return
    # Imported here, because few exports need it.
    from transferleaf.drawing import draw_leaves

    with tempfile.TemporaryDirectory() as folder:
        drawn = draw_leaves(
            Path(folder) / "leaves",
            classes=_DRAWN_CLASSES,
            photos_per_class=_DRAWN_PER_CLASS,
            image_size=max(32, image_size),
        )
        yield tuple(sorted(drawn.glob("*/*.jpg")))


def check_batches(
    files: Sequence[Path], *, image_size: int, photo_size: tuple[int, int] | None
) -> list[Photos]:
    """Read the photos for the comparison.

    Args:
        files: The photos. If there are many, an even selection is used.
        image_size: Height and width of the network's input, in pixels.
        photo_size: Height and width of the photos that the file takes. If it takes any size, three
            sizes are used (square, wide and high), to check the resizing too.
    """
    chosen = _spread(files, _MOST_CHECKED)
    side, more = image_size, image_size * 3 // 2
    sizes = [photo_size] if photo_size else [(side, side), (more, 2 * side), (2 * side, more)]
    return [
        batch
        for position, size in enumerate(sizes)
        for batch in read_photos(chosen[position :: len(sizes)], size)
    ]


def halves(files: Sequence[Path]) -> tuple[Sequence[Path], Sequence[Path]]:
    """Return photos for measuring and, if there are several, different ones for comparing.

    >>> [len(half) for half in halves([Path("a.jpg"), Path("b.jpg"), Path("c.jpg")])]
    [2, 1]
    """
    return (files[::2], files[1::2]) if len(files) > 1 else (files, files)


def calibration_photos(files: Sequence[Path], photo_size: tuple[int, int]) -> Photos:
    """Read the photos that determine the ranges of activations."""
    return np.concatenate(list(read_photos(_spread(files, _MOST_CALIBRATING), photo_size)))


def _spread(files: Sequence[Path], most: int) -> list[Path]:
    # Files are sorted by class, so an even selection keeps the class frequencies.
    positions = np.linspace(0, len(files) - 1, min(most, len(files))).astype(int)
    return [files[position] for position in positions]
