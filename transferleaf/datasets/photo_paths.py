"""The photo files that a user passes for predictions."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from transferleaf.datasets.class_names import has_order
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import ConfigError, Found


def photo_paths(given: Any) -> list[Path]:
    """Return the paths in a path, a list of paths, or a ``LeafDataset``.

    Raises:
        ConfigError: It is something else, such as pixels or a set, which has no order.

    >>> [path.name for path in photo_paths("leaf.jpg")]
    ['leaf.jpg']
    """
    if isinstance(given, LeafDataset):
        return list(given.paths)
    several = [given] if isinstance(given, (str, PathLike)) else given
    if not has_order(several) or not all(isinstance(each, (str, PathLike)) for each in several):
        must = "be the path of a photo, a list of paths, or a LeafDataset; predict takes pixels"
        raise ConfigError("paths", Found(type(given).__name__), must)
    return [Path(path) for path in several]
