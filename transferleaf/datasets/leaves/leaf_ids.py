"""Leaf ids from file names, a map, or near-duplicates."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from transferleaf.datasets.above import from_above
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.leaves.file_name_rules import leaves_from_names
from transferleaf.datasets.leaves.leaf_map import leaves_from_map, read_leaf_map
from transferleaf.datasets.leaves.published_leaf_map import (
    leaves_from_published_map,
    read_published_map,
)
from transferleaf.errors import ConfigError, LeafMapError

LeafSource: TypeAlias = (
    Literal["auto", "near-duplicates"] | str | os.PathLike[str] | Mapping[str, str | None] | None
)
"""Source of leaf ids: ``"auto"`` for file names, ``"near-duplicates"`` for file names and then
similar photos, a CSV or JSON file, a dictionary, or ``None``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafIds:
    """Leaf ids of some photos, with their sources.

    Attributes:
        leaves: The leaf id of each photo, or ``None`` if unknown.
        told_by: Number of photos for each rule or map.
    """

    leaves: tuple[str | None, ...]
    told_by: Mapping[str, int]

    def __str__(self) -> str:
        """Describe how many ids came from each source.

        >>> print(LeafIds(leaves=("a", None), told_by={"drawn leaf": 1}))
        leaf ids: drawn leaf (1), unknown (1)
        """
        unknown = self.leaves.count(None)
        told = [f"{name} ({count:,})" for name, count in self.told_by.items()]
        return "leaf ids: " + ", ".join(told + [f"unknown ({unknown:,})"] * (unknown > 0))


def find_leaf_ids(found: FoundPhotos, source: LeafSource) -> LeafIds:
    """Return the leaf of each photo.

    Args:
        found: The photos. Their names must match those in the map.
        source: ``"auto"`` uses the leaves of the layout, or the file names if a rule of
            ``NAME_RULES`` matches. ``"near-duplicates"`` also reads the photos and groups those of
            unknown leaves that look the same. A path is a CSV file with the columns ``file`` and
            ``leaf``, or PlantVillage's ``leaf-map.json``; for photos missing in the latter, the
            file names are used. A dictionary maps names to leaf ids. ``None``: all leaves are
            unknown.

    Raises:
        LeafMapError: The file cannot be used, a CSV file or dictionary does not contain some
            photos, or a JSON file contains none.
        ConfigError: ``source`` has another value.
    """
    if source is None:
        return LeafIds(leaves=(None,) * len(found.names), told_by={})
    if source == "auto":
        return _from_layout_or_names(found)
    if source == "near-duplicates":
        return _from_likeness(found)
    if isinstance(source, Mapping):
        return _from_map(found.names, source, "given as a mapping")
    if isinstance(source, (str, os.PathLike)):
        path = Path(source)
        if path.suffix.lower() == ".json":
            return _from_published_map(found, path)
        return _from_map(found.names, read_leaf_map(path), repr(str(path)))
    raise ConfigError(
        "leaves",
        source,
        'be "auto", "near-duplicates", None, a path of a CSV or JSON file, or a mapping',
    )


def _from_layout_or_names(found: FoundPhotos) -> LeafIds:
    if found.leaves:
        return LeafIds(leaves=found.leaves, told_by=found.told_by)
    leaves, used = leaves_from_names(found.names, found.class_names)
    return LeafIds(leaves=tuple(leaves), told_by=dict(used))


def _from_likeness(found: FoundPhotos) -> LeafIds:
    known = _from_layout_or_names(found)
    leaves_by_likeness = from_above("leaves_by_likeness")
    leaves = leaves_by_likeness(found.paths, found.names, known.leaves)
    alike = known.leaves.count(None) - leaves.count(None)
    return LeafIds(leaves=leaves, told_by={**known.told_by, "near-duplicates": alike})


def _from_map(names: Sequence[str], leaf_of: Mapping[str, str | None], source: str) -> LeafIds:
    leaves = tuple(leaves_from_map(names, leaf_of, source=source))
    known = len(leaves) - leaves.count(None)
    return LeafIds(leaves=leaves, told_by={f"leaf map {source}": known})


def _from_published_map(found: FoundPhotos, path: Path) -> LeafIds:
    """Look up leaves in PlantVillage's map. For photos that it lacks, use the file names."""
    class_names = found.class_names
    leaves = leaves_from_published_map(found.names, class_names, read_published_map(path))
    holes = [photo for photo, leaf in enumerate(leaves) if leaf is None]
    if len(holes) == len(leaves):
        raise LeafMapError(
            repr(str(path)),
            f"contains none of {len(leaves)} photos",
            "it only fits PlantVillage's file names and class names.",
        )
    from_names, used = leaves_from_names(
        [found.names[photo] for photo in holes], [class_names[photo] for photo in holes]
    )
    for photo, leaf in zip(holes, from_names, strict=True):
        leaves[photo] = leaf
    told_by = {f"leaf map {str(path)!r}": len(leaves) - len(holes), **used}
    return LeafIds(leaves=tuple(leaves), told_by=told_by)
