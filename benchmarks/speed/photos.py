"""Photos in folders that all contenders can read."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks.speed.folders import leaf_table
from transferleaf.datasets import LeafDataset


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A selection of photos and their layout.

    Attributes:
        layout: ``"split"`` for train, val and test by leaf, 60/20/20; ``"counted"`` for an exact
            number, three quarters train and one quarter val, with copies if there are too few;
            ``"flat"`` for an exact number in one folder, with links if there are too few.
        photos: Number of photos; all if ``None``.
    """

    layout: Literal["split", "counted", "flat"]
    photos: int | None = None


@dataclass(kw_only=True)
class PhotoFolders:
    """Creates the folders of selections when needed.

    Attributes:
        data: The photos.
        folder: The parent folder.
    """

    data: LeafDataset
    folder: Path
    _made: dict[Selection, Path] = field(default_factory=dict)

    def lay_out(self, selection: Selection) -> Path:
        """Return the folder of a selection."""
        if selection not in self._made:
            folder = self.folder / f"{selection.layout}-{selection.photos or 'all'}"
            lay_out = {"split": _lay_out_split, "counted": _lay_out_counted, "flat": _lay_out_flat}
            lay_out[selection.layout](self.data, folder, selection.photos)
            self._made[selection] = folder
        return self._made[selection]


def every_kth(labels: Sequence[int], photos: int) -> list[int]:
    """Return the indices of about ``photos`` photos: every k-th of each class.

    >>> every_kth([0, 0, 0, 0, 1, 1], photos=3)
    [0, 2, 4]
    """
    order = np.argsort(labels, kind="stable")
    steps = np.arange(min(photos, len(order))) * len(order) // min(photos, len(order))
    return [int(position) for position in order[steps]]


def counted(available: int, photos: int) -> list[tuple[int, int]]:
    """Return index and copy number for a number of photos; copy 0 is the photo itself.

    >>> counted(2, photos=5)
    [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2)]
    """
    return [(number % available, number // available) for number in range(photos)]


def lay_out_parts(parts: Mapping[str, LeafDataset], folder: Path) -> None:
    """Link the photos of each part in class folders, and write the leaf table.

    Args:
        parts: The photos, by the name of their folder: ``train``, ``val``, ``test``.
        folder: The folder above.
    """
    leaves = []
    for name, part in parts.items():
        for path, place, leaf in zip(part.paths, part.names, part.leaves, strict=True):
            _link(path, folder / name / place)
            leaves.append((f"{name}/{place}", leaf or ""))
    _write_leaves(folder, leaves)


def _lay_out_split(data: LeafDataset, folder: Path, photos: int | None) -> None:
    chosen = data if photos is None else data.subset(every_kth(data.labels.tolist(), photos))
    split = chosen.split(0.6, 0.2, 0.2, seed=0)
    lay_out_parts(dict(zip(("train", "val", "test"), split, strict=True)), folder)


def _lay_out_counted(data: LeafDataset, folder: Path, photos: int | None) -> None:
    wanted = photos or len(data)
    positions = every_kth(data.labels.tolist(), wanted)
    leaves = []
    for number, (row, copy) in enumerate(counted(len(positions), wanted)):
        photo = Path(data.names[positions[row]])
        part = "val" if number % 4 == 3 else "train"
        place = f"{part}/{photo.parent}/copy{copy}-{photo.name}"
        _copy(data.paths[positions[row]], folder / place, copy)
        leaves.append((place, ""))
    _write_leaves(folder, leaves)


def _lay_out_flat(data: LeafDataset, folder: Path, photos: int | None) -> None:
    for number, (row, _) in enumerate(counted(len(data), photos or len(data))):
        _link(data.paths[row], folder / f"{number:05d}{data.paths[row].suffix}")


def _link(path: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        place.symlink_to(path.resolve())
    except OSError:  # on Windows, only some users may create links
        shutil.copyfile(path, place)


def _copy(path: Path, place: Path, copy: int) -> None:
    if not copy:
        _link(path, place)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    # Decoders ignore bytes after the image, but the store treats the file as another photo.
    place.write_bytes(path.read_bytes() + str(copy).encode())


def _write_leaves(folder: Path, leaves: Iterable[tuple[str, str]]) -> None:
    with leaf_table(folder).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "leaf"))
        writer.writerows(leaves)
