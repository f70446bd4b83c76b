"""Lazy access to names from higher packages, so that no import points upwards."""

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
"""The module that defines each name."""


def from_above(name: str) -> Any:
    """Import a name that is listed in ``LIES_ABOVE``."""
    return getattr(import_module(LIES_ABOVE[name]), name)
