"""Durations on the command line: ``90``, ``90s``, ``10m``, ``1.5h``."""

from __future__ import annotations

import re

import typer

_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_FORM = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([smh]?)\s*", re.IGNORECASE)


def seconds_of(text: str) -> float:
    """Return the seconds of a duration.

    Args:
        text: A number above 0, in seconds, or followed by ``s``, ``m`` or ``h``.

    Raises:
        BadParameter: The text is not a duration.

    >>> [seconds_of(text) for text in ("90", "90s", "10m", "1.5h")]
    [90.0, 90.0, 600.0, 5400.0]
    """
    found = _FORM.fullmatch(text)
    seconds = float(found[1]) * _SECONDS[found[2].lower()] if found else 0.0
    if not seconds:
        raise typer.BadParameter(f"{text!r} is not a duration; write 90s, 10m or 1.5h")
    return seconds
