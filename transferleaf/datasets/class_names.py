"""Class names: which are one name to people, which say nothing, and in what order they come."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# What pandas and spreadsheets write where a cell is empty, in lower case.
_NOTHING = frozenset(
    {"", "na", "n/a", "#n/a", "<na>", "nan", "-nan", "nat", "null", "none", "nil", "-", "?"}
)
ALIKE = "differ only in case, blanks, dots or the way that characters and numbers are written"
"""What ``alike`` finds, as the end of a sentence on two names."""

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?")


def says_nothing(cell: str) -> bool:
    """Whether a cell of a table is empty, or says so in a word.

    >>> says_nothing("NaN"), says_nothing("N/A"), says_nothing("healthy")
    (True, True, False)
    """
    return cell.strip().lower() in _NOTHING


def in_class_order(names: Iterable[str]) -> tuple[str, ...]:
    """Put class names in order, each once: numbers by value, others by code point.

    As text, ``"10"`` would come before ``"2"``, and class 10 would not be the class called 10.

    >>> in_class_order(["10", "2", "0"]), in_class_order(["rust", "Rot", "rust"])
    (('0', '2', '10'), ('Rot', 'rust'))
    """
    each = set(names)
    if all(map(_NUMBER.fullmatch, each)):
        return tuple(sorted(each, key=lambda name: (float(name), name)))
    return tuple(sorted(each))


def alike(names: Iterable[str]) -> tuple[str, str] | None:
    """Find two class names that differ only in what people overlook; ``None`` if there are none.

    That is upper and lower case, blanks and underscores, dots at the end, which Windows drops too,
    the width and composition of characters, and how a number is written.

    >>> alike(["Rust", "scab", "rust"]), alike(["leaf rust", "leaf  rust"]), alike(["1", "01"])
    (('Rust', 'rust'), ('leaf rust', 'leaf  rust'), ('1', '01'))
    >>> alike(["Mint___rust", "Mint___rot"]) is None
    True
    """
    first: dict[str, str] = {}
    for name in names:
        known = first.setdefault(_essence(name), name)
        if known != name:
            return known, name
    return None


def _essence(name: str) -> str:
    """What is left of a name without all that people overlook."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace("_", " ")
    words = " ".join(plain.split()).rstrip(". ")
    return repr(float(words)) if _NUMBER.fullmatch(words) else words
