"""The checks of an audit. Each takes a ``Subject`` and yields findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from transferleaf.auditing.checks.background import (
    find_background_bias,
    too_few_for_background,
)
from transferleaf.auditing.checks.classes import (
    find_classes_missing_from_parts,
    find_imbalance,
    find_small_classes,
)
from transferleaf.auditing.checks.copies import (
    find_copies,
    find_copies_across_parts,
    find_copies_under_two_labels,
)
from transferleaf.auditing.checks.files import (
    find_broken_files,
    find_ignored_files,
    find_odd_files,
)
from transferleaf.auditing.checks.leaves import (
    find_leaves_across_parts,
    find_naive_leak,
    find_unknown_leaves,
    why_no_naive_leak,
)
from transferleaf.auditing.checks.plain_grounds import find_plain_grounds, too_few_for_grounds
from transferleaf.auditing.checks.telltales import find_telltales
from transferleaf.auditing.checks.unusual_photos import find_unusual_photos
from transferleaf.auditing.finding import Finding
from transferleaf.auditing.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of an audit.

    Attributes:
        looks_for: What it looks for, for the list of what was not found.
        find: Yields what it finds.
        why_not: Says why it cannot look at a data set, or ``None`` if it can.
    """

    looks_for: str
    find: Callable[[Subject], Iterable[Finding]]
    why_not: Callable[[Subject], str | None] = lambda subject: None


def _no_parts(subject: Subject) -> str | None:
    return None if subject.data.parts else "the data set is not split into parts"


CHECKS = (
    Check(looks_for="broken files", find=find_broken_files),
    Check(looks_for="photos under two labels", find=find_copies_under_two_labels),
    Check(looks_for="copies across parts", find=find_copies_across_parts, why_not=_no_parts),
    Check(looks_for="leaves across parts", find=find_leaves_across_parts, why_not=_no_parts),
    Check(looks_for="copies", find=find_copies),
    Check(looks_for="small classes", find=find_small_classes),
    Check(
        looks_for="classes missing from parts",
        find=find_classes_missing_from_parts,
        why_not=_no_parts,
    ),
    Check(looks_for="imbalance", find=find_imbalance),
    Check(
        looks_for="background that predicts the class",
        find=find_background_bias,
        why_not=too_few_for_background,
    ),
    Check(
        looks_for="photos that all show leaves on plain backgrounds",
        find=find_plain_grounds,
        why_not=too_few_for_grounds,
    ),
    Check(looks_for="camera, size or JPEG quality that predicts the class", find=find_telltales),
    Check(looks_for="unknown leaves", find=find_unknown_leaves),
    Check(looks_for="leaks of a split by photo", find=find_naive_leak, why_not=why_no_naive_leak),
    Check(looks_for="tiny, odd-shaped, blurred, dark or bright photos", find=find_unusual_photos),
    Check(looks_for="odd files", find=find_odd_files),
    Check(looks_for="other files among the photos", find=find_ignored_files),
)
"""All checks that need no network, in the order of their findings in the report."""
