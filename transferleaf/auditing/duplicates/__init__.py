"""Duplicates: files with the same bytes, and photos that look the same, also rotated ones."""

from __future__ import annotations

from transferleaf.auditing.duplicates.exact import exact_duplicate_groups
from transferleaf.auditing.duplicates.groups import grouped, near_duplicate_groups
from transferleaf.auditing.duplicates.pairs import (
    DEFAULT_DISTANCE,
    LEAST_LIKENESS,
    MOST_PARTNERS,
    DuplicatePair,
    near_duplicate_pairs,
)
from transferleaf.auditing.duplicates.turns import Turn

__all__ = [
    "DEFAULT_DISTANCE",
    "LEAST_LIKENESS",
    "MOST_PARTNERS",
    "DuplicatePair",
    "Turn",
    "exact_duplicate_groups",
    "grouped",
    "near_duplicate_groups",
    "near_duplicate_pairs",
]
