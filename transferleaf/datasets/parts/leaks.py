"""Leaks between parts: photos whose leaf is also in an earlier part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from transferleaf.text.wording import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakReport:
    """Number of photos whose leaf is also in an earlier part.

    Photos of unknown leaves are not counted.

    Attributes:
        names: The parts, in order.
        by_part: For each part, the number of its photos whose leaf is in any earlier part.
        by_pair: For each pair of an earlier and a later part, the number of photos of the later
            part whose leaf is in the earlier one.
    """

    names: tuple[str, ...]
    by_part: tuple[int, ...]
    by_pair: Mapping[tuple[str, str], int]

    @property
    def photos(self) -> int:
        """Number of photos in all parts whose leaf is in an earlier part."""
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
    """Count the photos whose leaf is also in an earlier part.

    Args:
        names: The name of each part.
        leaves: For each part, the leaf of each photo, or ``None`` if unknown.
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
