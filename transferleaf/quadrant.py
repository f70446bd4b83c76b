"""The size-similarity matrix: how much data there is, and how like the pretraining data it is."""

from __future__ import annotations

from enum import Enum
from typing import TypeVar

from transferleaf.errors import ConfigError


class DataSize(Enum):
    """How much data there is to train on, for the task at hand."""

    SMALL = "small"
    LARGE = "large"


class Similarity(Enum):
    """How like the pretraining data the photos are."""

    LOW = "low"
    HIGH = "high"


class Quadrant(Enum):
    """A cell of the size-similarity matrix, numbered as in mathematics.

    The x axis is similarity, the y axis the amount of data.

    >>> Quadrant.of(DataSize.SMALL, Similarity.HIGH)
    <Quadrant.IV: 'IV'>
    """

    I = "I"  # noqa: E741  the quadrant's name, as in mathematics
    II = "II"
    III = "III"
    IV = "IV"

    @property
    def size(self) -> DataSize:
        """How much data this quadrant stands for."""
        return DataSize.LARGE if self in (Quadrant.I, Quadrant.II) else DataSize.SMALL

    @property
    def similarity(self) -> Similarity:
        """How similar to the pretraining data this quadrant's photos are."""
        return Similarity.HIGH if self in (Quadrant.I, Quadrant.IV) else Similarity.LOW

    @classmethod
    def named(cls, quadrant: Quadrant | str) -> Quadrant:
        """Return the quadrant that ``quadrant`` is, or whose numeral it is.

        Raises:
            ConfigError: There is no such quadrant.
        """
        return member("quadrant", cls, quadrant)

    @classmethod
    def of(cls, size: DataSize | str, similarity: Similarity | str) -> Quadrant:
        """Return the quadrant for an amount of data and a similarity.

        Args:
            size: A ``DataSize`` or its value, ``"small"`` or ``"large"``.
            similarity: A ``Similarity`` or its value, ``"low"`` or ``"high"``.

        Raises:
            ConfigError: A value is none of these.
        """
        wanted = (member("size", DataSize, size), member("similarity", Similarity, similarity))
        return next(cell for cell in cls if (cell.size, cell.similarity) == wanted)


Choice = TypeVar("Choice", bound=Enum)


def member(option: str, kind: type[Choice], value: object) -> Choice:
    """Return the member of ``kind`` that ``value`` is or names, for the argument ``option``.

    Raises:
        ConfigError: ``value`` is neither a member nor a member's value.
    """
    try:
        return kind(value)
    except ValueError:
        choices = ", ".join(repr(choice.value) for choice in kind)
        raise ConfigError(option, value, f"be one of {choices}") from None
