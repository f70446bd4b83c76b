"""The interface of a layout: recognise a folder, and find its photos."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from transferleaf.datasets.layouts.found import FoundPhotos


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """The reason why a folder or file looks like a layout.

    Attributes:
        reason: What was found, as the end of "recognised because ...".
        sure: Whether no other layout is possible.
    """

    reason: str
    sure: bool


@runtime_checkable
class Layout(Protocol):
    """A layout of labelled photos.

    Attributes:
        name: Its name, such as ``"class folders"``.
        picture: A pattern of its paths, such as ``"root/Class/photo.jpg"``.
    """

    name: str
    picture: str

    def recognise(self, root: Path) -> Recognition | None:
        """Return why ``root`` looks like this layout, by file names only, or ``None``."""

    def find(self, root: Path) -> FoundPhotos:
        """Find the photos, of at least two classes.

        Raises:
            DataError: ``root`` has another layout or is incomplete. The message says what it
                contains.
        """
