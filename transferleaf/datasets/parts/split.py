"""Parts of a data set that belong together: train and test, or train, val and test."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, overload

import numpy as np

from transferleaf.datasets.layouts.manifest import Manifest, Verify
from transferleaf.datasets.layouts.part_folders import in_usual_order
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.parts.leaks import LeakReport, count_leaks
from transferleaf.datasets.parts.splitting import split_indices
from transferleaf.errors import ClassMismatchError, ConfigError, ManifestError
from transferleaf.notebook import html_of

if TYPE_CHECKING:
    from rich.table import Table

_NAMES = {2: ("train", "test"), 3: ("train", "val", "test")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Sequence[LeafDataset]):
    """The parts of a data set, to unpack: ``train, val, test = split``.

    Attributes:
        parts: The data sets; all have the same classes.
        names: What each part is called.
        fractions: The share that was asked for each part; the real one where it was
            published or loaded.
        seed: What the parts were drawn with, or ``None`` where they were published or
            loaded.

    Raises:
        ConfigError: There is not one name and one fraction for each part, or classes come in
            different orders.
        ClassMismatchError: A part has other classes than the first.
    """

    parts: tuple[LeafDataset, ...]
    names: tuple[str, ...]
    fractions: tuple[float, ...]
    seed: int | None

    def __post_init__(self) -> None:
        for option, given in (("names", self.names), ("fractions", self.fractions)):
            if len(given) != len(self.parts):
                raise ConfigError(option, given, f"be one for each of {len(self.parts)} parts")
        _check_same_classes(self.names, self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    @overload
    def __getitem__(self, index: int) -> LeafDataset: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[LeafDataset, ...]: ...
    def __getitem__(self, index: int | slice) -> LeafDataset | tuple[LeafDataset, ...]:
        return self.parts[index]

    def __iter__(self) -> Iterator[LeafDataset]:
        return iter(self.parts)

    def __repr__(self) -> str:
        sizes = ", ".join(
            f"{name}: {len(part):,} photos"
            for name, part in zip(self.names, self.parts, strict=True)
        )
        return f"Split({sizes})"

    def __rich__(self) -> Table:
        return self.table()

    def _repr_html_(self) -> str:
        return html_of(self.table())

    def realised_fractions(self) -> tuple[float, ...]:
        """The share of all photos that each part has; 0 where there are no photos."""
        total = sum(len(part) for part in self.parts) or 1
        return tuple(len(part) / total for part in self.parts)

    def joined(self) -> LeafDataset:
        """Put the parts into one data set, one after another, whose photos know their part."""
        first = self.parts[0]
        return replace(
            first,
            paths=tuple(path for part in self for path in part.paths),
            labels=np.concatenate([part.labels for part in self]),
            leaves=tuple(leaf for part in self for leaf in part.leaves),
            names=tuple(name for part in self for name in part.names),
            parts=tuple(
                name for name, part in zip(self.names, self, strict=True) for _ in part.paths
            ),
            ignored=tuple(dict.fromkeys(path for part in self for path in part.ignored)),
            origin=first.origin.removesuffix(f" ({self.names[0]})"),
        )

    def leaks(self) -> LeakReport:
        """Count the photos that show a leaf of an earlier part.

        There are none between parts drawn by ``LeafDataset.split``; folders and manifests may
        hold any split.
        """
        return count_leaks(self.names, [part.leaves for part in self.parts])

    def leaks_of_naive_split(self) -> LeakReport:
        """Count the photos that would show a leaf of an earlier part if nobody knew the leaves.

        The photos are divided again class by class, with the same fractions and seed. Photos
        whose leaf is unknown cannot be counted.

        Raises:
            SplitError: A class has fewer photos than there are parts.
        """
        labels = np.concatenate([part.labels for part in self.parts])
        leaves = [leaf for part in self.parts for leaf in part.leaves]
        naive = split_indices(labels, [None] * len(leaves), self.fractions, seed=self.seed or 0)
        return count_leaks(self.names, [[leaves[i] for i in part] for part in naive])

    def leaked(self) -> int:
        """Count the photos that show a leaf of an earlier part; see ``leaks``."""
        return self.leaks().photos

    def leaked_by_naive_split(self) -> int:
        """Count those that would if nobody knew the leaves; see ``leaks_of_naive_split``.

        Raises:
            SplitError: A class has fewer photos than there are parts.
        """
        return self.leaks_of_naive_split().photos

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a manifest, so that others repeat this split: photos, parts, leaves, contents.

        It is a CSV file in UTF-8 with the columns file (the photo's name below the data set's
        root), class, part, leaf and sha256. In the data set's root, ``open_leaves`` reads it.

        Args:
            path: The file; one that is there is replaced, and never left half written.

        Raises:
            ManifestError: Two photos have one name, a photo cannot be read, or the file cannot
                be written.
        """
        from transferleaf.datasets.manifest import write_manifest

        whole = self.joined()
        write_manifest(Path(path), whole, whole.parts)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        root: str | os.PathLike[str] | None = None,
        *,
        verify: Verify = "contents",
    ) -> Split:
        """Read a manifest that ``save`` wrote; photos that it does not name do not matter.

        Args:
            path: The manifest.
            root: The folder below which the photos lie; ``None`` for that of the manifest.
            verify: ``"contents"`` reads all photos and compares them with what was saved;
                ``"presence"`` is content when the files are there.

        Returns:
            The parts as they were saved, train, val and test first; classes are sorted by code
            point.

        Raises:
            ConfigError: ``verify`` is neither.
            ManifestError: The file is no manifest or has no parts, or photos are missing or have
                changed; the error names them.
        """
        found = Manifest(photos=root, verify=verify).find(Path(path))
        if not found.parts:
            expected = "save a split, or read it with open_leaves and split it."
            raise ManifestError(Path(path), "has no parts", expected)
        return LeafDataset.from_found(found, leaves="auto", origin=str(path)).split()

    def table(self) -> Table:
        """Show the photos of each class in each part, the shares, the known leaves, and leaks."""
        from transferleaf.datasets.tables import split_table

        return split_table(self)


def split_dataset(data: LeafDataset, fractions: Sequence[float], *, seed: int) -> Split:
    """Divide a data set, or keep its parts; see ``LeafDataset.split``."""
    if not data.parts:
        return split_by_leaf(data, fractions, seed=seed)
    if fractions:
        raise ConfigError("fractions", tuple(fractions), f"be absent: {parts_note(data)}")
    return split_as_published(data)


def parts_note(data: LeafDataset) -> str:
    """Say which parts a data set has, and how to forget them."""
    named = ", ".join(in_usual_order(data.parts))
    return f"the publisher made parts ({named}); pooled() forgets them"


def split_by_leaf(data: LeafDataset, fractions: Sequence[float], *, seed: int) -> Split:
    """Divide a data set; see ``LeafDataset.split``."""
    # Class names instead of numbers, so that an error names the class.
    labels = np.asarray(data.classes)[data.labels]
    indices = split_indices(labels, data.leaves, fractions, seed=seed)
    numbered = tuple(f"part {number}" for number in range(1, len(fractions) + 1))
    return Split(
        parts=tuple(data.subset(part) for part in indices),
        names=_NAMES.get(len(fractions), numbered),
        fractions=tuple(fractions),
        seed=seed,
    )


def split_as_published(data: LeafDataset) -> Split:
    """Take a data set apart into the parts that its publisher made."""
    names = in_usual_order(data.parts)
    of_photo = np.asarray(data.parts)
    parts = [data.subset(np.flatnonzero(of_photo == name)).pooled() for name in names]
    return Split(
        parts=tuple(
            replace(part, origin=f"{data.origin} ({name})")
            for name, part in zip(names, parts, strict=True)
        ),
        names=names,
        fractions=tuple(len(part) / len(data) for part in parts),
        seed=None,
    )


def _check_same_classes(names: Sequence[str], parts: Sequence[LeafDataset]) -> None:
    for name, part in zip(names, parts, strict=True):
        first, own = parts[0].classes, part.classes
        if set(own) != set(first):
            missing, unknown = sorted(set(first) - set(own)), sorted(set(own) - set(first))
            raise ClassMismatchError(name, missing=missing, unknown=unknown, than=names[0])
        if own != first:
            raise ConfigError(
                "parts", tuple(names), "have their classes in one order; relabel() changes it"
            )
