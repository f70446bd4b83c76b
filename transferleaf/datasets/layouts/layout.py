"""What every layout can do: recognise its own folders, and find the photos in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from transferleaf.datasets.layouts.found import FoundPhotos


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """Why a folder or file looks like a layout.

    Attributes:
        reason: What was seen, as the end of "recognised because ...".
        sure: Whether nothing else explains what was seen.
    """

    reason: str
    sure: bool


@runtime_checkable
class Layout(Protocol):
    """One way to lay out labelled photos.

    Attributes:
        name: What people call it, such as ``"class folders"``.
        picture: What it looks like, such as ``"root/Class/photo.jpg"``.
    """

    name: str
    picture: str

    def recognise(self, root: Path) -> Recognition | None:
        """Say why ``root`` looks like this layout, from names alone; ``None`` if it does not."""

    def find(self, root: Path) -> FoundPhotos:
        """Find the photos; at least two classes.

        Raises:
            DataError: ``root`` has another layout or is incomplete; the message says what it holds.
        """
