"""What a layout finds in a folder: photos, their classes, parts and leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPhotos:
    """The photos of a data set, in a fixed order.

    Attributes:
        classes: Class names, numbers by value and others by code point; accented letters are
            one character each.
        paths: Where each photo lies.
        names: Each photo's place below the data set's root, with forward slashes.
        labels: Position in ``classes`` of each photo.
        parts: The publisher's part of each photo, such as ``"train"``; empty where there are none.
        leaves: The leaf of each photo where the layout itself tells it, or ``None``; empty where
            it tells none.
        told_by: Number of photos by what told their leaf, for people.
        ignored: Files and folders among the photos that are none.
        notes: What was seen and not used, for people.
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
