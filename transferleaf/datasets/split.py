"""Parts of a data set that belong together: train and test, or train, val and test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, overload

import numpy as np

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.splitting import split_indices

if TYPE_CHECKING:
    from rich.table import Table

_NAMES = {2: ("train", "test"), 3: ("train", "val", "test")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Sequence[LeafDataset]):
    """The parts of a data set, to unpack: ``train, val, test = split``.

    Attributes:
        parts: The data sets; all have the same classes.
        names: What each part is called.
        fractions: The share that was asked for each part; the real one where folders gave it.
        seed: What the parts were drawn with, or ``None`` where folders gave them.
    """

    parts: tuple[LeafDataset, ...]
    names: tuple[str, ...]
    fractions: tuple[float, ...]
    seed: int | None

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

    def realised_fractions(self) -> tuple[float, ...]:
        """The share of all photos that each part has."""
        total = sum(len(part) for part in self.parts)
        return tuple(len(part) / total for part in self.parts)

    def leaked(self) -> int:
        """Count the photos of the last part that show a leaf of the first.

        It is 0 for parts drawn by ``LeafDataset.split``; folders may hold any split.
        """
        return _shared(self.parts[0].leaves, self.parts[-1].leaves)

    def leaked_by_naive_split(self) -> int:
        """Count the test photos that would share a leaf with a training photo.

        The photos are divided again as if nobody knew the leaves: class by class, with the same
        fractions and seed. Photos whose leaf is unknown cannot be counted.

        Raises:
            SplitError: A class has fewer photos than there are parts.
        """
        labels = np.concatenate([part.labels for part in self.parts])
        leaves = [leaf for part in self.parts for leaf in part.leaves]
        naive = split_indices(labels, [None] * len(leaves), self.fractions, seed=self.seed or 0)
        return _shared([leaves[i] for i in naive[0]], [leaves[i] for i in naive[-1]])

    def table(self) -> Table:
        """Show the photos of each class in each part, the shares, and the known leaves."""
        from transferleaf.datasets.tables import split_table

        return split_table(self, caption=self._leak_note())

    def _leak_note(self) -> str:
        first, last = self.names[0], self.names[-1]
        if not any(part.n_leaves for part in self.parts):
            return f"The leaves are unknown: photos of one leaf may lie in both {first} and {last}."
        if self.seed is None:
            return f"{self.leaked():,} photos of {last} show a leaf of {first}."
        return (
            f"Split by leaf. By photo, {self.leaked_by_naive_split():,} photos of {last} "
            f"would show a leaf of {first}."
        )


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
    names = tuple(dict.fromkeys(data.parts))
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


def _shared(seen: Sequence[str | None], tested: Sequence[str | None]) -> int:
    known = set(seen) - {None}
    return sum(leaf in known for leaf in tested)
