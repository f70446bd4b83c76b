"""Names and numbers in messages: a few of many, and nouns that agree with their number."""

from __future__ import annotations

from collections.abc import Iterable


def first_few(names: Iterable[str], *, limit: int = 3) -> str:
    """Quote the first names of a list and say how many are left.

    >>> first_few(["a", "b", "c", "d", "e"])
    "'a', 'b', 'c' and 2 more"
    """
    every = list(names)
    shown = ", ".join(repr(name) for name in every[:limit])
    return f"{shown} and {len(every) - limit} more" if len(every) > limit else shown


def counted(number: int, noun: str) -> str:
    """Say how many, in the singular or the plural.

    >>> counted(1, "image"), counted(2, "image")
    ('1 image', '2 images')
    """
    return f"{number:,} {noun}{'s' * (number != 1)}"
