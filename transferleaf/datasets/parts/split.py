"""A split: the parts of a data set, such as train, val and test."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, overload

import numpy as np

from transferleaf.datasets.layouts.part_folders import in_usual_order
from transferleaf.datasets.layouts.tables.manifest import Manifest, Verify
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.parts.leaks import LeakReport, count_leaks
from transferleaf.datasets.parts.splitting import split_indices
from transferleaf.errors import ClassMismatchError, ConfigError, ManifestError
from transferleaf.text.notebook import html_of

if TYPE_CHECKING:
    from rich.table import Table

_NAMES = {2: ("train", "test"), 3: ("train", "val", "test")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Sequence[LeafDataset]):
    """The parts of a data set, for unpacking: ``train, val, test = split``.

    Attributes:
        parts: The data sets. All have the same classes.
        names: The name of each part.
        fractions: The requested fraction of each part; the actual one if the split was published or
            loaded.
        seed: The random seed. ``None`` if the split was published or loaded.

    Raises:
        ConfigError: The number of names or fractions is not that of the parts, or the classes are
            in different orders.
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
        """Return the actual fraction of each part; 0 if there are no photos."""
        total = sum(len(part) for part in self.parts) or 1
        return tuple(len(part) / total for part in self.parts)

    def joined(self) -> LeafDataset:
        """Return one data set of all parts, in which ``parts`` gives the part of each photo."""
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
        """Count the photos whose leaf is also in an earlier part.

        There are none in a split by ``LeafDataset.split``. Published and loaded splits may have
        some.
        """
        return count_leaks(self.names, [part.leaves for part in self.parts])

    def leaks_of_naive_split(self) -> LeakReport:
        """Count the photos whose leaf would be in an earlier part if the split ignored leaves.

        This splits the photos again by class, with the same fractions and seed. Photos of unknown
        leaves are not counted.

        Raises:
            SplitError: A class has fewer photos than there are parts.
        """
        labels = np.concatenate([part.labels for part in self.parts])
        leaves = [leaf for part in self.parts for leaf in part.leaves]
        naive = split_indices(labels, [None] * len(leaves), self.fractions, seed=self.seed or 0)
        return count_leaks(self.names, [[leaves[i] for i in part] for part in naive])

    def leaked(self) -> int:
        """Return the number of photos whose leaf is in an earlier part; see ``leaks``."""
        return self.leaks().photos

    def leaked_by_naive_split(self) -> int:
        """Return their number if the split ignored leaves; see ``leaks_of_naive_split``.

        Raises:
            SplitError: A class has fewer photos than there are parts.
        """
        return self.leaks_of_naive_split().photos

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a manifest of the split: photos, parts, leaves and content hashes.

        The manifest is a CSV file in UTF-8 with the columns file (relative to the root of the data
        set), class, part, leaf and sha256. ``Split.load`` reads it; if it is in the root of the
        data set, ``open_leaves`` does too.

        Args:
            path: The file. It is replaced atomically if it exists.

        Raises:
            ManifestError: Two photos have the same name, a photo cannot be read, or the file cannot
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
        """Read a manifest that ``save`` wrote. Photos that are not in it are ignored.

        Args:
            path: The manifest.
            root: The root folder of the photos. Default: the folder of the manifest.
            verify: ``"contents"`` compares the content of all photos with the hashes.
                ``"presence"`` only checks that the files exist.

        Returns:
            The parts in the order train, val, test, then others. Classes are sorted.

        Raises:
            ConfigError: ``verify`` has another value.
            ManifestError: The file is not a manifest or has no parts, or photos are missing or
                changed. The message lists them.
        """
        found = Manifest(photos=root, verify=verify).find(Path(path))
        if not found.parts:
            expected = "save a split, or read it with open_leaves and split it."
            raise ManifestError(Path(path), "has no parts", expected)
        return LeafDataset.from_found(found, leaves="auto", origin=str(path)).split()

    def table(self) -> Table:
        """Return a table of the photos per class and part, with fractions, leaves and leaks."""
        from transferleaf.datasets.tables import split_table

        return split_table(self)


def split_dataset(data: LeafDataset, fractions: Sequence[float], *, seed: int) -> Split:
    """Divide a data set, or keep its published parts; see ``LeafDataset.split``."""
    if not data.parts:
        return split_by_leaf(data, fractions, seed=seed)
    if fractions:
        raise ConfigError("fractions", tuple(fractions), f"be absent: {parts_note(data)}")
    return split_as_published(data)


def parts_note(data: LeafDataset) -> str:
    """Return a note with the published parts and how to remove them."""
    named = ", ".join(in_usual_order(data.parts))
    return f"it has published parts ({named}); pooled() removes them"


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
    """Divide a data set into its published parts."""
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
                "parts", tuple(names), "have their classes in the same order; relabel() changes it"
            )
