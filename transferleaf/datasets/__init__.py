"""Data sets of leaf photos: opening, splitting by leaf, decoding, feeding and augmenting.

Names load on first use, so importing the package is fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from transferleaf.datasets.above import LIES_ABOVE, from_above
from transferleaf.datasets.moved import keep_importable

if TYPE_CHECKING:
    from transferleaf.auditing.audit import Audit
    from transferleaf.auditing.finding import Finding
    from transferleaf.auditing.running import audit
    from transferleaf.augmenting.augmentation import Augmentation
    from transferleaf.datasets.imbalance import class_weights
    from transferleaf.datasets.label_map import join, relabel
    from transferleaf.datasets.label_matching import LabelMatch, match_classes
    from transferleaf.datasets.labels import LeafLabel, parse_label
    from transferleaf.datasets.layouts.tfds import open_tfds
    from transferleaf.datasets.leaf_dataset import LeafDataset
    from transferleaf.datasets.opening import open_leaves
    from transferleaf.datasets.parts.split import Split
    from transferleaf.datasets.photo_checks import check_photos
    from transferleaf.datasets.photos.decoding import read_photo
    from transferleaf.drawing import draw_leaves

__all__ = [
    "Audit",
    "Augmentation",
    "Finding",
    "LabelMatch",
    "LeafDataset",
    "LeafLabel",
    "Split",
    "audit",
    "check_photos",
    "class_weights",
    "draw_leaves",
    "join",
    "match_classes",
    "open_leaves",
    "open_tfds",
    "parse_label",
    "read_photo",
    "relabel",
]

_MODULE_OF = {
    "LabelMatch": "label_matching",
    "LeafDataset": "leaf_dataset",
    "LeafLabel": "labels",
    "Split": "parts.split",
    "check_photos": "photo_checks",
    "class_weights": "imbalance",
    "join": "label_map",
    "match_classes": "label_matching",
    "open_leaves": "opening",
    "open_tfds": "layouts.tfds",
    "parse_label": "labels",
    "read_photo": "photos.decoding",
    "relabel": "label_map",
}


keep_importable()


def __getattr__(name: str) -> Any:
    if name == "layouts":
        return import_module(f"{__name__}.layouts")
    if name in LIES_ABOVE:
        return from_above(name)
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
