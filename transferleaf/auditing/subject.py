"""The input of all checks: a data set, the facts of its photos, and its copies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from transferleaf.datasets.layouts.part_folders import in_usual_order
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import ConfigError

if TYPE_CHECKING:
    from transferleaf.auditing.facts import PhotoFacts
    from transferleaf.datasets.parts.split import Split

Indices: TypeAlias = npt.NDArray[np.int64]
Groups: TypeAlias = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """The input of all checks.

    Attributes:
        data: The data set, with the parts of the publisher or of a split.
        facts: The facts of each photo, in the same order.
        copies: Groups of indices of photos with equal files.
        alike: Groups of indices of photos that look the same, also rotated or mirrored, including
            copies.

    Raises:
        ConfigError: ``facts`` are those of other photos.
    """

    data: LeafDataset
    facts: Sequence[PhotoFacts]
    copies: Groups
    alike: Groups

    def __post_init__(self) -> None:
        if len(self.facts) != len(self.data):
            must = f"be those of the {len(self.data)} photos"
            raise ConfigError("facts", f"{len(self.facts)} facts", must)

    @classmethod
    def compare(cls, data: LeafDataset, facts: Sequence[PhotoFacts]) -> Subject:
        """Find the copies among the photos."""
        from transferleaf.auditing.duplicates import exact_duplicate_groups, near_duplicate_groups

        return cls(
            data=data,
            facts=facts,
            copies=tuple(map(tuple, exact_duplicate_groups(facts))),
            alike=tuple(map(tuple, near_duplicate_groups(facts))),
        )

    @property
    def part_numbers(self) -> list[int]:
        """The part of each photo as a number, in the order train, val, test. Empty if unsplit."""
        order = {part: number for number, part in enumerate(in_usual_order(self.data.parts))}
        return [order[part] for part in self.data.parts]

    @property
    def readable(self) -> Indices:
        """Indices of the readable photos, in increasing order."""
        return np.flatnonzero([fact.error is None for fact in self.facts])

    def names(self, positions: Iterable[int] | Indices) -> tuple[str, ...]:
        """Return the names of photos."""
        return tuple(self.data.names[position] for position in positions)

    def named_groups(self, groups: Iterable[Sequence[int]]) -> tuple[tuple[str, ...], ...]:
        """Return the names of the photos of groups."""
        return tuple(self.names(group) for group in groups)

    def values(self, fact: str) -> npt.NDArray[np.float64]:
        """Return a number for each photo, NaN if it is unknown.

        Args:
            fact: Name of a field of ``PhotoFacts``.

        Returns:
            Shape ``(n_photos,)``.
        """
        known: list[Any] = [getattr(each, fact) for each in self.facts]
        return np.array([np.nan if value is None else value for value in known], dtype=np.float64)

    def labels_of(self, group: Iterable[int]) -> set[int]:
        """Return the classes of the photos of a group."""
        return {int(self.data.labels[position]) for position in group}

    def leaf_groups(self) -> Indices:
        """Number photos, so that photos of one leaf, or that look the same, have the same number.

        Returns:
            Shape ``(n_photos,)``. All photos with the same number must be in the same part or fold.
        """
        return joined_groups(self.data.leaves, self.alike)


def joined_groups(leaves: Sequence[str | None], alike: Groups) -> Indices:
    """Number photos, so that photos of the same leaf or group have the same number.

    >>> joined_groups(["a", "a", None, "b"], ((1, 2),)).tolist()
    [0, 0, 0, 3]
    """
    together = list(alike)
    known = sorted((leaf, at) for at, leaf in enumerate(leaves) if leaf is not None)
    together += [tuple(at for _, at in same) for _, same in groupby(known, lambda pair: pair[0])]
    first = list(range(len(leaves)))

    def root(position: int) -> int:
        while first[position] != position:
            first[position] = first[first[position]]
            position = first[position]
        return position

    for group in together:
        roots = [root(position) for position in group]
        for each in roots:
            first[each] = min(roots)
    return np.array([root(position) for position in range(len(leaves))], dtype=np.int64)


def joined(data: LeafDataset | Split) -> LeafDataset:
    """Return a data set unchanged, and the parts of a split as one data set."""
    return data if isinstance(data, LeafDataset) else data.joined()
