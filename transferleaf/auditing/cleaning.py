"""Photos that are certainly wrong, which ``clean`` leaves out.

Near duplicates and leaves in several parts are kept. Near duplicates depend on a threshold. For
leaves in several parts, the user chooses between a new split and fewer photos.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from transferleaf.auditing.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Photos that are left out for one reason.

    Attributes:
        check: The check that found them.
        why: The reason.
        photos: Their names.
    """

    check: str
    why: str
    photos: tuple[str, ...]


def removals(findings: Iterable[Finding]) -> tuple[Removal, ...]:
    """Return the photos that are left out, each with the first reason that applies."""
    found = {finding.check: finding for finding in findings}
    gone: set[str] = set()
    steps = []
    for check, why in _REASONS.items():
        if check not in found:
            continue
        photos = tuple(name for name in _chosen(found[check]) if name not in gone)
        gone.update(photos)
        if photos:
            steps.append(Removal(check=check, why=why, photos=photos))
    return tuple(steps)


_REASONS: Mapping[str, str] = {
    "broken-files": "they cannot be read",
    "one-photo-two-labels": "all copies, as nobody knows which label is right",
    "exact-duplicates": "all copies but the last, so that a published test part stays as it is",
}


def _chosen(finding: Finding) -> tuple[str, ...]:
    if finding.check == "exact-duplicates":
        # The check lists earlier parts first, so the last copy is from the latest part.
        return tuple(name for group in finding.groups for name in group[:-1])
    return finding.photos
