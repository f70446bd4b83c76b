"""The language of a response, from the address or the preferences of the browser."""

from __future__ import annotations

from typing import Literal, TypeAlias

from starlette.requests import Request

Language: TypeAlias = Literal["en", "ko"]

LANGUAGES: tuple[Language, ...] = ("en", "ko")
"""Supported languages. The first is the default."""


def language_of(request: Request) -> Language:
    """Return the language of a request, from ``?lang=ko`` or the header ``Accept-Language``."""
    named = request.query_params.get("lang")
    wished = [named] if named in LANGUAGES else wishes(request.headers.get("accept-language", ""))
    return next((each for wish in wished for each in LANGUAGES if each == wish), LANGUAGES[0])


def wishes(header: str) -> list[str]:
    """Return the languages of a header without regions, most preferred first.

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
    ordered = sorted(weighed, key=lambda pair: -pair[0])  # equals keep their order
    return [name for weight, name in ordered if weight > 0 and name]
