"""Parts that no worker survives: the photos to blame are found by halving, and left out.

A photo can end the process that opens it: it makes a decoder crash, or wants more memory than there
is. Where a part is lost time after time it is halved until single photos remain that are lost
alone, and then done without them. The work knows them as photos that cannot be read.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from transferleaf.errors import BulkRunError
from transferleaf.scaling.parts import Part

Result = TypeVar("Result")
Outcome = TypeVar("Outcome", covariant=True)

KILLER = "it ends every process that opens it."
"""Why a photo has no answer that no worker survives."""


class Pass(Protocol[Outcome]):
    """One pass over parts; those over which workers end are lost."""

    def __call__(self, parts: Sequence[Part], *, attempts: int) -> Iterator[tuple[int, Outcome]]:
        """Do each part.

        Args:
            parts: What to do.
            attempts: How many workers may end over a part before it is given up.

        Yields:
            The position of a part among ``parts`` and what came of it. Lost ones are left out.
        """


def each_part(parts: Sequence[Part], do: Pass[Result]) -> Iterator[tuple[int, Result]]:
    """Do each part, those that hold killers too.

    Yields:
        The number of a part and what came of it, each part once, in any order.

    Raises:
        BulkRunError: A part is lost though no photo of it is lost alone.
    """
    lost = yield from _survivors(parts, do, attempts=3)
    killers = _killers(lost, do)
    marked = [_without(part, killers) for part in lost]
    lost = yield from _survivors(marked, do, attempts=2)
    if lost:
        raise BulkRunError(
            f"workers end on part {lost[0].number}, of {len(lost[0].photos):,} photos, and on no "
            "photo of it alone; give them more memory, or take smaller parts"
        )


def _survivors(
    parts: Sequence[Part], do: Pass[Result], *, attempts: int
) -> Generator[tuple[int, Result], None, list[Part]]:
    """Pass on what is done; return the parts that are lost."""
    left = dict(enumerate(parts))
    if parts:
        for position, result in do(parts, attempts=attempts):
            yield left.pop(position).number, result
    return list(left.values())


def _killers(lost: Sequence[Part], do: Pass[Result]) -> frozenset[str]:
    """Addresses of the photos that workers do not survive."""
    suspects = [half for part in lost for half in _halves(part)]
    accused: list[Part] = []
    while suspects:
        found = _lost(suspects, do, attempts=1)
        accused += [part for part in found if len(part.photos) == 1]
        suspects = [half for part in found if len(part.photos) > 1 for half in _halves(part)]
    # Once more: a worker may have ended for a reason of its own.
    return frozenset(part.photos[0].address for part in _lost(accused, do, attempts=2))


def _lost(parts: Sequence[Part], do: Pass[Result], *, attempts: int) -> list[Part]:
    survivors = _survivors(parts, do, attempts=attempts)
    while True:
        try:
            next(survivors)
        except StopIteration as end:
            found: list[Part] = end.value
            return found


def _halves(part: Part) -> list[Part]:
    """Two halves; a part of one photo is its own half.

    >>> from transferleaf.scaling.photo_locations import PhotoLocation
    >>> part = Part(3, tuple(PhotoLocation(name, name, None) for name in "abc"))
    >>> [[location.name for location in half.photos] for half in _halves(part)]
    [['a'], ['b', 'c']]
    """
    middle = len(part.photos) // 2
    halves = (part.photos[:middle], part.photos[middle:])
    return [Part(part.number, locations) for locations in halves if locations]


def _without(part: Part, killers: frozenset[str]) -> Part:
    return Part(
        part.number,
        tuple(
            replace(location, shut=KILLER) if location.address in killers else location
            for location in part.photos
        ),
    )
