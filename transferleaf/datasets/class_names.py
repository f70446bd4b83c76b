"""Comparison, sorting and validation of class names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

# How pandas and spreadsheets write an empty cell, in lower case.
_NOTHING = frozenset(
    {"", "na", "n/a", "#n/a", "<na>", "nan", "-nan", "nat", "null", "none", "nil", "-", "?"}
)
ALIKE = "differ only in case, blanks, dots or the way that characters and numbers are written"
"""The differences that ``alike`` ignores, as the end of a sentence."""

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?")


def has_order(values: Any) -> bool:
    """Return whether the values have a fixed order and can be read twice.

    A set has a different order in each process, and an iterator can be read only once.

    >>> has_order(["rust", "blight"]), has_order({"rust", "blight"}), has_order("rust")
    (True, False, False)
    """
    if isinstance(values, np.ndarray):
        return values.ndim == 1
    return isinstance(values, Sequence) and not isinstance(values, (str, bytes))


def says_nothing(cell: str) -> bool:
    """Return whether a cell of a table is empty or contains a word for an empty cell.

    >>> says_nothing("NaN"), says_nothing("N/A"), says_nothing("healthy")
    (True, True, False)
    """
    return cell.strip().lower() in _NOTHING


def in_class_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return the sorted unique class names: numbers by value, others by code point.

    Sorted as text, ``"10"`` would come before ``"2"``, so the class 10 would not get the index of
    its number.

    >>> in_class_order(["10", "2", "0"]), in_class_order(["rust", "Rot", "rust"])
    (('0', '2', '10'), ('Rot', 'rust'))
    """
    each = set(names)
    if all(map(_NUMBER.fullmatch, each)):
        return tuple(sorted(each, key=lambda name: (float(name), name)))
    return tuple(sorted(each))


def alike(names: Iterable[str]) -> tuple[str, str] | None:
    """Return two class names that are hard to distinguish, or ``None`` if there are none.

    The comparison ignores case, blanks and underscores, dots at the end, which Windows drops too,
    the width and composition of characters, and the format of numbers.

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
    """Return a name without the differences that ``alike`` ignores."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace("_", " ")
    words = " ".join(plain.split()).rstrip(". ")
    return repr(float(words)) if _NUMBER.fullmatch(words) else words
