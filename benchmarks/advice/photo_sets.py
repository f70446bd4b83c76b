"""The data sets that advice is judged on: real ones, drawn ones, and some made less like photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter, ImageOps
from rich.progress import track

from transferleaf.datasets import LeafDataset, draw_leaves

Change = Callable[[Image.Image], Image.Image]

_BLUR = 0.02  # of the side: lesions are gone, the leaf is not
_TINY = 24  # pixels
_PER_CLASS = 100  # of drawn leaves and of digits


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoSet:
    """A data set of the benchmark.

    Attributes:
        name: What to call it.
        family: Whose photos it has; thresholds are tried on families that they never saw.
        looks: What it shows, for people.
        open: Makes it, or finds it made.
    """

    name: str
    family: str
    looks: str
    open: Callable[[], LeafDataset]


@dataclass(frozen=True, slots=True, kw_only=True)
class RealPhotos:
    """Folders of real photos.

    Attributes:
        plantvillage: Leaves on plain ground, in class folders.
        leaves: The leaf of each of them, as CSV.
        field: Leaves on the plant, of other crops.
        steel: Photos that are no leaves.
    """

    plantvillage: Path
    leaves: Path
    field: Path
    steel: Path


def photo_sets(photos: RealPhotos | None, folder: Path) -> tuple[PhotoSet, ...]:
    """All data sets that can be had.

    Args:
        photos: The real ones, where they are at hand.
        folder: Where the others are made; what is made already is kept.
    """
    made = (
        PhotoSet(
            name="drawn leaves",
            family="drawn",
            looks="drawn leaves",
            open=partial(_drawn, folder / "drawn"),
        ),
        PhotoSet(
            name="digits",
            family="digits",
            looks="handwritten digits of 8 x 8 pixels, which scikit-learn ships",
            open=partial(_digits, folder / "digits"),
        ),
    )
    return made if photos is None else (*_real(photos), *_changed(photos, folder), *made)


def _real(photos: RealPhotos) -> tuple[PhotoSet, ...]:
    return (
        PhotoSet(
            name="plantvillage",
            family="plantvillage",
            looks="single leaves on plain ground",
            open=partial(_plantvillage, photos),
        ),
        PhotoSet(
            name="field leaves",
            family="field",
            looks="leaves on the plant",
            open=partial(LeafDataset.from_folder, photos.field),
        ),
        PhotoSet(
            name="steel",
            family="steel",
            looks="grey close-ups of steel surfaces",
            open=partial(LeafDataset.from_folder, photos.steel),
        ),
    )


def _changed(photos: RealPhotos, folder: Path) -> tuple[PhotoSet, ...]:
    tomato = partial(_plantvillage, photos, ("Tomato",))
    others = partial(_plantvillage, photos, ("Apple", "Corn_(maize)", "Potato"))
    field = partial(LeafDataset.from_folder, photos.field)
    changes: tuple[tuple[str, str, str, Callable[[], LeafDataset], Change], ...] = (
        ("tomato, grey", "plantvillage", "without colour", tomato, _grey),
        ("three crops, inverted", "plantvillage", "colours turned round", others, ImageOps.invert),
        ("tomato, tiny", "plantvillage", f"scaled to {_TINY} pixels and back", tomato, _tiny),
        ("field leaves, blurred", "field", "strongly blurred", field, _blurred),
    )
    return tuple(
        PhotoSet(
            name=name,
            family=family,
            looks=looks,
            open=partial(_change, source, change, folder / name.replace(", ", "-")),
        )
        for name, family, looks, source, change in changes
    )


def _plantvillage(photos: RealPhotos, crops: Sequence[str] = ()) -> LeafDataset:
    data = LeafDataset.from_folder(photos.plantvillage, leaves=photos.leaves)
    return _of_crops(data, crops) if crops else data


def _of_crops(data: LeafDataset, crops: Sequence[str]) -> LeafDataset:
    classes = tuple(name for name in data.classes if name.split("___")[0] in crops)
    number = {name: position for position, name in enumerate(classes)}
    rows = [row for row, label in enumerate(data.labels) if data.classes[label] in number]
    part = data.subset(rows)
    labels = np.array([number[data.classes[label]] for label in part.labels])
    return replace(part, classes=classes, labels=labels)


def _change(source: Callable[[], LeafDataset], change: Change, folder: Path) -> LeafDataset:
    """Write a changed copy of each photo; leaves stay known."""
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


def _blurred(photo: Image.Image) -> Image.Image:
    return photo.filter(ImageFilter.GaussianBlur(_BLUR * min(photo.size)))


def _write(photo: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written beside and moved, lest a stopped run leaves half a photo.
    partial_path = path.with_suffix(".part")
    photo.save(partial_path, format="PNG")
    partial_path.replace(path)
