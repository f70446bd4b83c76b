"""Wording of names and numbers in messages: short lists, plurals, percentages and durations."""

from __future__ import annotations

import math
from collections.abc import Iterable


def first_few(names: Iterable[str], *, limit: int = 3) -> str:
    """Quote the first names of a list, and say how many more there are.

    >>> first_few(["a", "b", "c", "d", "e"])
    "'a', 'b', 'c' and 2 more"
    """
    every = list(names)
    shown = ", ".join(repr(name) for name in every[:limit])
    return f"{shown} and {len(every) - limit} more" if len(every) > limit else shown


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the singular or the plural.

    >>> counted(1, "image"), counted(2, "image")
    ('1 image', '2 images')
    """
    return f"{number:,} {noun}{'s' * (number != 1)}"


def percent(value: float) -> str:
    """Format a fraction as a percentage.

    Only exactly 0 and 1 become 0 % and 100 %; 99.97 % is never rounded to 100 %.

    >>> percent(0.9643), percent(0.99996), percent(1.0), percent(0.0002)
    ('96.4%', '99.9%', '100%', '0.1%')
    """
    if value in (0.0, 1.0):
        return f"{100 * value:.0f}%"
    return f"{min(99.9, max(0.1, 100 * value)):.1f}%"


def probability(value: float) -> str:
    """Format a probability as a percentage. A value below 1 is never rounded to 100 %.

    >>> probability(0.99996), probability(0.873), probability(0.0002)
    ('99.9%', '87.3%', '0.0%')
    """
    return f"{value if value == 1 else min(value, 0.999):.1%}"


def duration(seconds: float) -> str:
    """Format a duration.

    >>> duration(9.54), duration(75), duration(7_260)
    ('9.5 s', '1 min 15 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(math.floor(seconds), 60)
    hours, of_hour = divmod(minutes, 60)
    return f"{hours} h {of_hour} min" if hours else f"{minutes} min {rest} s"
