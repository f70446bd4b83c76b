"""The language of an answer: that of the address, or the first of the browser's that we have."""

from __future__ import annotations

from typing import Literal, TypeAlias

from starlette.requests import Request

Language: TypeAlias = Literal["en", "ko"]

LANGUAGES: tuple[Language, ...] = ("en", "ko")
"""The first is for everybody whose languages we lack."""


def language_of(request: Request) -> Language:
    """The language for a request: that of ``?lang=ko``, or of its header ``Accept-Language``."""
    named = request.query_params.get("lang")
    wished = [named] if named in LANGUAGES else wishes(request.headers.get("accept-language", ""))
    return next((each for wish in wished for each in LANGUAGES if each == wish), LANGUAGES[0])


def wishes(header: str) -> list[str]:
    """The languages that a header wishes for, without regions, the most wished first.

    >>> wishes("fr;q=0.5, ko-KR, en;q=0.9, de;q=0, *;q=0.1")
    ['ko', 'en', 'fr', '*']
    >>> wishes("en;q=much")
    []
    """
    weighed = []
    for wish in header.split(","):
        name, _, weight = wish.partition(";q=")
        try:
            weighed.append((float(weight or 1), name.strip().split("-")[0].lower()))
        except ValueError:
            continue
    ordered = sorted(weighed, key=lambda pair: -pair[0])  # stable: the first of equals stays first
    return [name for weight, name in ordered if weight > 0 and name]
