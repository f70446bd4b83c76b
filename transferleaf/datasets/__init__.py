"""Leaf photos: found in folders, labelled, split by leaf, decoded, fed and augmented.

Names load on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transferleaf.datasets.augmentation import Augmentation
    from transferleaf.datasets.decoding import read_photo
    from transferleaf.datasets.imbalance import class_weights
    from transferleaf.datasets.labels import LeafLabel, parse_label
    from transferleaf.datasets.leaf_dataset import LeafDataset
    from transferleaf.datasets.photo_checks import check_photos
    from transferleaf.datasets.split import Split
    from transferleaf.datasets.synthetic import draw_leaves

__all__ = [
    "Augmentation",
    "LeafDataset",
    "LeafLabel",
    "Split",
    "check_photos",
    "class_weights",
    "draw_leaves",
    "parse_label",
    "read_photo",
]

_MODULE_OF = {
    "Augmentation": "augmentation",
    "LeafDataset": "leaf_dataset",
    "LeafLabel": "labels",
    "Split": "split",
    "check_photos": "photo_checks",
    "class_weights": "imbalance",
    "draw_leaves": "synthetic",
    "parse_label": "labels",
    "read_photo": "decoding",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
