"""Rules that recognise photos of the same leaf by their file names.

An augmented copy, such as ``leaf123_flipLR.jpg``, shows the leaf of its original ``leaf123.jpg``.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

from transferleaf.datasets.labels import SEPARATOR
from transferleaf.datasets.leaves.augmented_names import base_photo


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRule:
    """A rule for one kind of file names.

    Attributes:
        name: A short description of the names.
        pattern: Matches the complete name of the original photo without extension. It has the
            groups ``series`` and ``number``.
        span: Number of consecutive numbers of a series that form a group. 1 means that the number
            is that of a leaf. Larger values assume that photos taken in sequence show the same
            leaf, which is an approximation.
    """

    name: str
    pattern: re.Pattern[str]
    span: int = 1


_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

# After the number of PlantVillage, every suffix marks a copy, even an unknown one.
_COPY = r"(?: copy ?\d*|_[A-Za-z0-9]+)*"

# Names in PlantVillage contain the initials of the photographer, a short name of the disease and
# the camera counter. Without the UUID at the start, many other names look similar.
_PLANT_VILLAGE = rf"(?:{_UUID}{SEPARATOR}|(?=R\.?S_))"

_COPIES = "copies by name"

# The first matching rule is used.
NAME_RULES = (
    NameRule(
        name="drawn leaf",
        pattern=re.compile(r"(?P<series>leaf)(?P<number>\d+)_photo\d+"),
    ),
    NameRule(
        # Greenhouse leaves were numbered by hand, so "Leaf 308.1" is another photo of "Leaf 308".
        # Four digits after "Leaf" are a camera counter.
        name="PlantVillage leaf number",
        pattern=re.compile(
            rf"{_UUID}{SEPARATOR}(?P<series>\S+ Leaf) (?P<number>\d{{1,3}})"
            rf"(?:\.\d+)?(?: Day \d+)?{_COPY}",
            re.IGNORECASE,
        ),
    ),
    NameRule(
        # A leaf was photographed several times in a row. For known leaves, the photos mostly span 3
        # to 11 numbers. 8 is in the middle.
        name="PlantVillage camera number",
        pattern=re.compile(
            rf"{_PLANT_VILLAGE}(?P<series>\S+(?: Leaf)?) +(?P<number>\d+){_COPY}", re.IGNORECASE
        ),
        span=8,
    ),
    NameRule(
        # Augmented copies, whose names start with the number of the original photo.
        name="base photo of augmented copies",
        pattern=re.compile(r"(?P<series>\S+)-(?P<number>\d+)-_\d+_\d+"),
    ),
)


def leaves_from_names(
    names: Sequence[str], class_names: Sequence[str]
) -> tuple[list[str | None], Counter[str]]:
    """Return the leaf of each photo, from its name.

    Leaves of different classes are different. Rules with a ``span`` above 1 start a group at the
    lowest number of a series, with all numbers less than ``span`` above it. If no rule matches,
    copies are still grouped with their original.

    Args:
        names: File names, with or without folders.
        class_names: The class of each photo.

    Returns:
        The leaf id of each photo, or ``None`` if no rule matches and there is no copy, and the
        number of photos for each rule.

    >>> leaves_from_names(["leaf0007_photo2.jpg", "IMG_1.jpg"], ["Mint___rust"] * 2)[0]
    ['Mint___rust:leaf0007', None]
    """
    used: Counter[str] = Counter()
    series: defaultdict[_Series, list[tuple[int, int]]] = defaultdict(list)
    others: defaultdict[str, list[int]] = defaultdict(list)
    stems = [PurePosixPath(name).stem for name in names]
    for position, (stem, class_name) in enumerate(zip(stems, class_names, strict=True)):
        base = base_photo(stem)
        rule, match = _first_match(base)
        if rule is not None and match is not None:
            used[rule.name] += 1
            key = _Series(class_name, match["series"], rule.span)
            series[key].append((int(match["number"]), position))
        else:
            others[f"{class_name}:{base}"].append(position)
    leaves: list[str | None] = [None] * len(names)
    for key, photos in series.items():
        for first, position in _first_numbers(photos, key.span):
            leaves[position] = f"{key.class_name}:{key.name}{first:04d}"
    for leaf, positions in others.items():
        if _hold_a_copy([stems[position] for position in positions]):
            used[_COPIES] += len(positions)
            for position in positions:
                leaves[position] = leaf
    return leaves, used


def _hold_a_copy(stems: Sequence[str]) -> bool:
    # Equal names in two parts may be different photos. A single copy has nothing to group with.
    return len(stems) > 1 and any(base_photo(stem) != stem for stem in stems)


class _Series(NamedTuple):
    class_name: str
    name: str
    span: int


def _first_match(stem: str) -> tuple[NameRule | None, re.Match[str] | None]:
    for rule in NAME_RULES:
        match = rule.pattern.fullmatch(stem)
        if match is not None:
            return rule, match
    return None, None


def _first_numbers(photos: Iterable[tuple[int, int]], span: int) -> Iterator[tuple[int, int]]:
    """Pair each photo with the number at which its group starts."""
    first: int | None = None
    for number, position in sorted(photos):
        if first is None or number >= first + span:
            first = number
        yield first, position
