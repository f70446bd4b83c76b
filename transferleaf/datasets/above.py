"""What is asked of this package and lies above it: found by name, so that no import points up."""

from __future__ import annotations

from importlib import import_module
from typing import Any

LIES_ABOVE = {
    "Audit": "transferleaf.auditing.audit",
    "Augmentation": "transferleaf.augmenting.augmentation",
    "Finding": "transferleaf.auditing.finding",
    "audit": "transferleaf.auditing.running",
    "draw_leaves": "transferleaf.drawing",
    "leaves_by_likeness": "transferleaf.auditing.likeness",
}
"""The module of each name."""


def from_above(name: str) -> Any:
    """Load what ``LIES_ABOVE`` names."""
    return getattr(import_module(LIES_ABOVE[name]), name)
