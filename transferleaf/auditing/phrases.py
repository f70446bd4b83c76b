"""Numbers with nouns and verbs that agree with them, for the titles of findings."""

from __future__ import annotations

from transferleaf.text.wording import counted

# The verbs that titles use, with their singular.
_SINGULAR = {
    "are": "is",
    "contain": "contains",
    "have": "has",
    "lie": "lies",
    "look": "looks",
    "show": "shows",
}


def so_many(number: int, noun: str, verb: str) -> str:
    """Return a phrase with a number, a noun and a verb.

    >>> so_many(1, "photo", "are"), so_many(2_000, "photo", "are")
    ('1 photo is', '2,000 photos are')
    """
    return f"{counted(number, noun)} {_SINGULAR[verb] if number == 1 else verb}"


def so_many_classes(number: int, verb: str) -> str:
    """Return a phrase with a number of classes and a verb.

    >>> so_many_classes(1, "have"), so_many_classes(3, "have")
    ('1 class has', '3 classes have')
    """
    noun = "class" if number == 1 else "classes"
    return f"{number:,} {noun} {_SINGULAR[verb] if number == 1 else verb}"
