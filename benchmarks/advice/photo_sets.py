"""The photo sets of the benchmark: real, drawn, and changed to be less similar to photos."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from rich.progress import track

from transferleaf.datasets import LeafDataset, draw_leaves

Change = Callable[[Image.Image], Image.Image]

_TINY = 24  # pixels
_PER_CLASS = 100  # of drawn leaves and of digits


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoSet:
    """A photo set of the benchmark.

    Attributes:
        name: Its name.
        family: The original photos. The advice is tested on families that it was not fitted on.
        looks: What it shows.
        open: Creates the photos if necessary, and opens them.
        seeds: Number of splits: more if a split has few test photos.
    """

    name: str
    family: str
    looks: str
    open: Callable[[], LeafDataset]
    seeds: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RealPhotos:
    """Folders of real photos.

    Attributes:
        plantvillage: Leaves on a plain background, in class folders.
        leaves: CSV of the leaf of each photo.
        field: Leaves in the field, of other crops.
        steel: Steel surfaces.
    """

    plantvillage: Path
    leaves: Path
    field: Path
    steel: Path


def photo_sets(photos: RealPhotos | None, folder: Path) -> tuple[PhotoSet, ...]:
    """Return all photo sets.

    Args:
        photos: The real photos; ``None`` for the generated sets only.
        folder: Folder of the generated photos. Existing ones are kept.
    """
    made = (
        PhotoSet(
            name="drawn leaves",
            family="drawn",
            looks="drawn leaves",
            open=partial(_drawn, folder / "drawn"),
            seeds=2,
        ),
        PhotoSet(
            name="digits",
            family="digits",
            looks="handwritten digits of 8 x 8 pixels, which scikit-learn ships",
            open=partial(_digits, folder / "digits"),
            seeds=2,
        ),
    )
    return made if photos is None else (*_real(photos), *_changed(photos, folder), *made)


def _real(photos: RealPhotos) -> tuple[PhotoSet, ...]:
    return (
        PhotoSet(
            name="plantvillage",
            family="plantvillage",
            looks="single leaves on a plain background",
            open=partial(_plantvillage, photos),
        ),
        PhotoSet(
            name="field leaves",
            family="field",
            looks="leaves in the field",
            open=partial(LeafDataset.from_folder, photos.field),
            seeds=2,
        ),
        PhotoSet(
            name="steel",
            family="steel",
            looks="grey close-ups of steel surfaces",
            open=partial(LeafDataset.from_folder, photos.steel),
            seeds=2,
        ),
    )


def _changed(photos: RealPhotos, folder: Path) -> tuple[PhotoSet, ...]:
    source = partial(_plantvillage, photos)
    changes: tuple[tuple[str, str, Change], ...] = (
        ("plantvillage, grey", "without colour", _grey),
        ("plantvillage, tiny", f"scaled to {_TINY} pixels and back", _tiny),
        ("plantvillage, inverted", "inverted colours", ImageOps.invert),
    )
    return tuple(
        PhotoSet(
            name=name,
            family="plantvillage",
            looks=looks,
            open=partial(_change, source, change, folder / name.replace(", ", "-")),
        )
        for name, looks, change in changes
    )


def _plantvillage(photos: RealPhotos) -> LeafDataset:
    return LeafDataset.from_folder(photos.plantvillage, leaves=photos.leaves)


def _change(source: Callable[[], LeafDataset], change: Change, folder: Path) -> LeafDataset:
    """Write a changed copy of each photo, and open the copies with the same leaves."""
    data = source()
    paths = tuple(folder / f"{name}.png" for name in data.names)
    missing = [row for row, path in enumerate(paths) if not path.exists()]
    for row in track(missing, folder.name, disable=not missing):
        with Image.open(data.paths[row]) as photo:
            _write(change(photo.convert("RGB")), paths[row])
    return replace(data, paths=paths, origin=str(folder))


def _drawn(folder: Path) -> LeafDataset:
    draw_leaves(folder, photos_per_class=_PER_CLASS)
    return LeafDataset.from_folder(folder)


def _digits(folder: Path) -> LeafDataset:
    from sklearn.datasets import load_digits

    digits = load_digits()
    for number in range(10):
        rows = np.flatnonzero(digits.target == number)[:_PER_CLASS]
        for row in rows:
            path = folder / f"Digit_{number}" / f"{row:04}.png"
            if not path.exists():
                pixels = np.uint8(digits.images[row] * (255 / 16))
                _write(Image.fromarray(pixels).resize((128, 128), Image.Resampling.BICUBIC), path)
    return LeafDataset.from_folder(folder)


def _grey(photo: Image.Image) -> Image.Image:
    return ImageOps.grayscale(photo).convert("RGB")


def _tiny(photo: Image.Image) -> Image.Image:
    small = photo.resize((_TINY, _TINY), Image.Resampling.BOX)
    return small.resize(photo.size, Image.Resampling.BICUBIC)


def _write(photo: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A stopped run must not leave half a photo.
    partial_path = path.with_suffix(".part")
    photo.save(partial_path, format="PNG", compress_level=1)
    partial_path.replace(path)
