"""Leaks between parts: photos of a leaf that an earlier part has shown already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from transferleaf.wording import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakReport:
    """How many photos show a leaf that an earlier part shows too.

    Photos whose leaf is unknown cannot be counted.

    Attributes:
        names: The parts, in order.
        by_part: For each part, its photos of a leaf of any earlier part; 0 for the first.
        by_pair: By the names of an earlier and a later part, the photos of the later one that
            show a leaf of the earlier one.
    """

    names: tuple[str, ...]
    by_part: tuple[int, ...]
    by_pair: Mapping[tuple[str, str], int]

    @property
    def photos(self) -> int:
        """Photos of all parts that show a leaf of an earlier part."""
        return sum(self.by_part)

    def __str__(self) -> str:
        """List the pairs of parts that share leaves.

        >>> print(count_leaks(["train", "test"], [["a", "b"], ["b", "c", "b"]]))
        2 photos of test show a leaf of train
        """
        pairs = [
            f"{counted(photos, 'photo')} of {later} {'shows' if photos == 1 else 'show'} "
            f"a leaf of {earlier}"
            for (earlier, later), photos in self.by_pair.items()
            if photos
        ]
        return ", ".join(pairs) or "no photo shows a leaf of an earlier part"


def count_leaks(names: Sequence[str], leaves: Sequence[Sequence[str | None]]) -> LeakReport:
    """Count the photos of leaves that an earlier part shows too.

    Args:
        names: What each part is called.
        leaves: For each part the leaf of each of its photos, or ``None`` where unknown.
    """
    known = [set(part) - {None} for part in leaves]
    earlier_leaves = [set[str | None]().union(*known[:part]) for part in range(len(known))]
    return LeakReport(
        names=tuple(names),
        by_part=tuple(map(_shown_in, earlier_leaves, leaves)),
        by_pair={
            (names[earlier], names[later]): _shown_in(known[earlier], leaves[later])
            for earlier, later in combinations(range(len(names)), 2)
        },
    )


def _shown_in(seen: set[str | None], leaves: Sequence[str | None]) -> int:
    return sum(leaf in seen for leaf in leaves)
