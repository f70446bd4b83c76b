"""Deprecated names for photos and their locations."""

from __future__ import annotations

from typing import Any

from transferleaf.deprecation import renamed

_RENAMED = {
    "Place": "transferleaf.scaling.PhotoLocation",
    "find_places": "transferleaf.scaling.find_photos",
}


def __getattr__(name: str) -> Any:
    return renamed(__name__, name, _RENAMED)
