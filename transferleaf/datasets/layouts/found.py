"""The photos that a layout finds in a folder, with their classes, parts and leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPhotos:
    """The photos of a data set, in a fixed order.

    Attributes:
        classes: Class names, sorted; numeric names by value.
        paths: Path of each photo.
        names: Path of each photo relative to the root, with forward slashes.
        labels: Class index of each photo.
        parts: The published part of each photo, such as ``"train"``. Empty if there are none.
        leaves: The leaf of each photo if the layout gives it, or ``None``. Empty if it gives none.
        told_by: Number of photos for each source of leaf ids, for messages.
        ignored: Files and folders that are not photos.
        notes: Information that was found and not used, for messages.
    """

    classes: tuple[str, ...]
    paths: tuple[Path, ...]
    names: tuple[str, ...]
    labels: tuple[int, ...]
    parts: tuple[str, ...] = ()
    leaves: tuple[str | None, ...] = ()
    told_by: Mapping[str, int] = field(default_factory=dict)
    ignored: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def class_names(self) -> list[str]:
        """The class of each photo."""
        return [self.classes[label] for label in self.labels]
