"""The photos of the measurements: laboratory, scenes made of it, and the field."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

import transferleaf as tl
from benchmarks.field.other_scenes import composed, swapped
from benchmarks.field.trial import Pixels, Subject, TestPhotos
from transferleaf.datasets.photos.decoding import read_photo
from transferleaf.scenes.leaf_mask import find_leaf

_BACKGROUND_SIDE = 320


def leaves_of_plantvillage(photos: Path, *, per_class: int, tests: int, image_size: int) -> Subject:
    """Photos of leaves on plain background, and scenes made of other leaves.

    Args:
        photos: Folder with ``plantvillage-mini`` and ``field-mini``.
        per_class: Training photos of each class.
        tests: Test photos of each class.
        image_size: In pixels.
    """
    leaf_map = photos / "plantvillage-mini-leaves.csv"
    data = tl.open_leaves(photos / "plantvillage-mini", leaves=leaf_map)
    rest, other = data.split(0.6, 0.4, seed=0)
    train, test = _first(rest, per_class), _first(other, tests)
    _, unseen = backgrounds(photos)
    plain = np.stack([read_photo(path, image_size) for path in test.paths])
    leaves = [leaf or str(row) for row, leaf in enumerate(test.leaves)]
    rng = np.random.default_rng(1)
    made: dict[str, list[Pixels | None]] = {
        "swapped": [swapped(each, unseen[int(rng.integers(len(unseen)))], rng) for each in plain],
        "composed": [composed(each, unseen, rng) for each in plain],
    }
    found = [row for row, each in enumerate(made["swapped"]) if each is not None]
    tests_of = {
        "plain": TestPhotos(pixels=plain, labels=test.labels, leaves=leaves),
        "plain, leaf found": _some(plain, test.labels, leaves, found),
    }
    for name, scenes in made.items():
        pixels = np.stack([scene for scene in scenes if scene is not None])
        chosen = [leaves[row] for row in found]
        tests_of[name] = TestPhotos(pixels=pixels, labels=test.labels[found], leaves=chosen)
    return Subject(
        classes=data.classes,
        train=train,
        image_size=image_size,
        tests=tests_of,
        facts={"train": len(train), "test": len(test), "found": len(found)},
    )


def blackgram_to_the_plant(photos: Path, *, image_size: int) -> Subject:
    """Blackgram: photos in which a leaf on a plain background is found, and all others."""
    data = tl.open_leaves(photos / "field-mini")
    chosen = [row for row, label in enumerate(data.labels) if _is_blackgram(data, int(label))]
    pixels = np.stack([read_photo(data.paths[row], image_size) for row in chosen])
    names = [data.classes[int(data.labels[row])] for row in chosen]
    classes = tuple(sorted(set(names)))
    labels = np.array([classes.index(name) for name in names])
    plain = np.array([find_leaf(each) is not None for each in pixels])
    field = np.flatnonzero(~plain)
    return Subject(
        classes=classes,
        train=tl.LeafDataset(
            paths=tuple(data.paths[row] for row in np.array(chosen)[plain]),
            labels=labels[plain],
            classes=classes,
            leaves=(None,) * int(plain.sum()),
            origin="photos with a leaf on a plain background",
        ),
        image_size=image_size,
        tests={"on the plant": _some(pixels, labels, [str(row) for row in chosen], field)},
        facts={"train": int(plain.sum()), "test": len(field)},
    )


def backgrounds(photos: Path) -> tuple[list[Path], list[Pixels]]:
    """Half of the field photos, to train with, and the other half, read, for scenes to test on."""
    paths = sorted((photos / "field-mini").glob("*/*"))
    unseen = [read_photo(path, _BACKGROUND_SIDE) for path in paths[1::4]]
    return paths[::2], unseen


def _is_blackgram(data: tl.LeafDataset, label: int) -> bool:
    return data.classes[label].startswith("Blackgram")


def _first(data: tl.LeafDataset, number: int) -> tl.LeafDataset:
    chosen: list[int] = []
    for label in range(len(data.classes)):
        chosen += np.flatnonzero(data.labels == label)[:number].tolist()
    return data.subset(chosen)


def _some(
    pixels: Pixels, labels: np.ndarray, leaves: Sequence[str], rows: Sequence[int] | np.ndarray
) -> TestPhotos:
    return TestPhotos(
        pixels=pixels[rows], labels=labels[rows], leaves=[leaves[row] for row in rows]
    )
