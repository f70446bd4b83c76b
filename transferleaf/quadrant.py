"""The size-similarity matrix: the amount of data, and its similarity to the pretraining data."""

from __future__ import annotations

from enum import Enum
from typing import TypeVar

from transferleaf.errors import ConfigError


class DataSize(Enum):
    """The amount of training data."""

    SMALL = "small"
    LARGE = "large"


class Similarity(Enum):
    """The similarity of the photos to the pretraining data."""

    LOW = "low"
    HIGH = "high"


class Quadrant(Enum):
    """A quadrant of the size-similarity matrix, numbered as in mathematics.

    The x axis is similarity, the y axis is the amount of data.

    >>> Quadrant.of(DataSize.SMALL, Similarity.HIGH)
    <Quadrant.IV: 'IV'>
    """

    I = "I"  # noqa: E741  the quadrant's name, as in mathematics
    II = "II"
    III = "III"
    IV = "IV"

    @property
    def size(self) -> DataSize:
        """The amount of data of this quadrant."""
        return DataSize.LARGE if self in (Quadrant.I, Quadrant.II) else DataSize.SMALL

    @property
    def similarity(self) -> Similarity:
        """The similarity of this quadrant."""
        return Similarity.HIGH if self in (Quadrant.I, Quadrant.IV) else Similarity.LOW

    @classmethod
    def named(cls, quadrant: Quadrant | str) -> Quadrant:
        """Return the quadrant with a name, such as ``"IV"``.

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
            ConfigError: An argument has another value.
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
