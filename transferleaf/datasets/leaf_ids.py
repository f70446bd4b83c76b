"""The leaf that each photo shows, where file names or a map tell it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from transferleaf.datasets.file_name_rules import leaves_from_names
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.leaf_map import leaves_from_map, read_leaf_map
from transferleaf.errors import ConfigError

LeafSource: TypeAlias = Literal["auto"] | str | os.PathLike[str] | Mapping[str, str | None] | None
"""Where leaf ids come from: ``"auto"`` for file names, a CSV file, a mapping by name, or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafIds:
    """Leaf ids of some photos, and who told them.

    Attributes:
        leaves: The leaf id of each photo, or ``None`` where unknown.
        told_by: Number of photos by the rule or map that told their leaf.
    """

    leaves: tuple[str | None, ...]
    told_by: Mapping[str, int]

    def __str__(self) -> str:
        """Say how many ids came from where.

        >>> print(LeafIds(leaves=("a", None), told_by={"drawn leaf": 1}))
        leaf ids: drawn leaf (1), unknown (1)
        """
        unknown = self.leaves.count(None)
        told = [f"{name} ({count:,})" for name, count in self.told_by.items()]
        return "leaf ids: " + ", ".join(told + [f"unknown ({unknown:,})"] * (unknown > 0))


def find_leaf_ids(found: FoundPhotos, source: LeafSource) -> LeafIds:
    """Tell the leaf of each photo.

    Args:
        found: The photos, with names as the map gives them.
        source: ``"auto"`` takes what the layout tells, and else reads the file names, where a rule
            of ``NAME_RULES`` matches; a path
            is that of a CSV file with the columns ``file`` and ``leaf``; a mapping gives leaf ids
            by name; ``None`` leaves all leaves unknown.

    Raises:
        LeafMapError: The CSV file cannot be used, or a map lacks some photos.
        ConfigError: ``source`` is none of these.
    """
    if source is None:
        return LeafIds(leaves=(None,) * len(found.names), told_by={})
    if source == "auto" and found.leaves:
        return LeafIds(leaves=found.leaves, told_by=found.told_by)
    if source == "auto":
        leaves, used = leaves_from_names(found.names, found.class_names)
        return LeafIds(leaves=tuple(leaves), told_by=dict(used))
    if isinstance(source, Mapping):
        return _from_map(found.names, source, "given as a mapping")
    if isinstance(source, (str, os.PathLike)):
        path = Path(source)
        return _from_map(found.names, read_leaf_map(path), repr(str(path)))
    raise ConfigError("leaves", source, 'be "auto", None, a path of a CSV file, or a mapping')


def _from_map(names: Sequence[str], leaf_of: Mapping[str, str | None], source: str) -> LeafIds:
    leaves = tuple(leaves_from_map(names, leaf_of, source=source))
    known = len(leaves) - leaves.count(None)
    return LeafIds(leaves=leaves, told_by={f"leaf map {source}": known})
