"""Photos laid out in folders that every contender can read, the same for all of them."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks.speed.folders import leaf_table
from transferleaf.datasets import LeafDataset


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which photos, in which layout.

    Attributes:
        layout: ``"split"``: train, val and test by leaf, 60/20/20; ``"counted"``: just so many, by
            turns three to train and one to val, and copies where there are too few photos;
            ``"flat"``: just so many in one folder, by links where there are too few.
        photos: How many; all where ``None``.
    """

    layout: Literal["split", "counted", "flat"]
    photos: int | None = None


@dataclass(kw_only=True)
class PhotoFolders:
    """Lays selections out when they are asked for.

    Attributes:
        data: The photos.
        folder: Where to lay them out.
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
    """Positions of about ``photos`` photos: every k-th of each class, so that all have their share.

    >>> every_kth([0, 0, 0, 0, 1, 1], photos=3)
    [0, 2, 4]
    """
    order = np.argsort(labels, kind="stable")
    steps = np.arange(min(photos, len(order))) * len(order) // min(photos, len(order))
    return [int(position) for position in order[steps]]


def counted(available: int, photos: int) -> list[tuple[int, int]]:
    """Position and number of the copy for so many photos; copy 0 is the photo itself.

    >>> counted(2, photos=5)
    [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2)]
    """
    return [(number % available, number // available) for number in range(photos)]


def _lay_out_split(data: LeafDataset, folder: Path, photos: int | None) -> None:
    chosen = data if photos is None else data.subset(every_kth(data.labels.tolist(), photos))
    train, validation, test = chosen.split(0.6, 0.2, 0.2, seed=0)
    leaves = []
    for part, name in ((train, "train"), (validation, "val"), (test, "test")):
        for path, place, leaf in zip(part.paths, part.names, part.leaves, strict=True):
            _link(path, folder / name / place)
            leaves.append((f"{name}/{place}", leaf or ""))
    _write_leaves(folder, leaves)


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
    except OSError:  # Windows allows links to some users only
        shutil.copyfile(path, place)


def _copy(path: Path, place: Path, copy: int) -> None:
    if not copy:
        _link(path, place)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    # Decoders stop at the picture's end; what follows makes another file of it for the store.
    place.write_bytes(path.read_bytes() + str(copy).encode())


def _write_leaves(folder: Path, leaves: Iterable[tuple[str, str]]) -> None:
    with leaf_table(folder).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "leaf"))
        writer.writerows(leaves)
