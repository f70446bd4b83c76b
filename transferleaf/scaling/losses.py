"""Handling of photos that end worker processes: they are found by halving parts, and left out.

A photo can end the process that opens it, because it crashes a decoder or needs too much memory. A
part that is lost several times is halved until single photos are found. The part is then processed
without them, and they count as unreadable.
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
"""The error of a photo that ends its worker."""


class Pass(Protocol[Outcome]):
    """One pass over parts. Parts during which workers end are lost."""

    def __call__(self, parts: Sequence[Part], *, attempts: int) -> Iterator[tuple[int, Outcome]]:
        """Process each part.

        Args:
            parts: The parts.
            attempts: Maximum number of workers that may end during a part.

        Yields:
            The index of a part in ``parts`` and its result. Lost parts are left out.
        """


def each_part(parts: Sequence[Part], do: Pass[Result]) -> Iterator[tuple[int, Result]]:
    """Process each part, also those with photos that end workers.

    Yields:
        The number of a part and its result, each part once, in any order.

    Raises:
        BulkRunError: A part is lost, but none of its photos alone.
    """
    lost = yield from _survivors(parts, do, attempts=3)
    killers = _killers(lost, do)
    marked = [_without(part, killers) for part in lost]
    lost = yield from _survivors(marked, do, attempts=2)
    if lost:
        raise BulkRunError(
            f"workers end on part {lost[0].number}, of {len(lost[0].photos):,} photos, but on "
            "none of its photos alone; give them more memory, or use smaller parts"
        )


def _survivors(
    parts: Sequence[Part], do: Pass[Result], *, attempts: int
) -> Generator[tuple[int, Result], None, list[Part]]:
    """Yield the results, and return the lost parts."""
    left = dict(enumerate(parts))
    if parts:
        for position, result in do(parts, attempts=attempts):
            yield left.pop(position).number, result
    return list(left.values())


def _killers(lost: Sequence[Part], do: Pass[Result]) -> frozenset[str]:
    """Return the addresses of the photos that end workers."""
    suspects = [half for part in lost for half in _halves(part)]
    accused: list[Part] = []
    while suspects:
        found = _lost(suspects, do, attempts=1)
        accused += [part for part in found if len(part.photos) == 1]
        suspects = [half for part in found if len(part.photos) > 1 for half in _halves(part)]
    # Repeated, because a worker may have ended for another reason.
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
    """Return the two halves of a part, or the part itself if it has one photo.

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
