"""The drawn classes: which diseases occur on which crop.

Every disease occurs on at least two crops and every crop has at least two diseases, so neither the
crop nor the disease alone determines the class.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from transferleaf.datasets.labels import SEPARATOR

DISEASES_OF_CROP: Final = MappingProxyType(
    {
        "Apple": ("Powdery_mildew", "Rust"),
        "Bean": ("Mosaic", "Rust"),
        "Corn": ("Blight", "Rust"),
        "Grape": ("Leaf_spot", "Powdery_mildew"),
        "Tomato": ("Blight", "Leaf_spot", "Mosaic"),
    }
)

DRAWN_CLASSES: Final = tuple(
    f"{crop}{SEPARATOR}{disease}"
    for crop, diseases in DISEASES_OF_CROP.items()
    for disease in (*diseases, "healthy")
)
"""All classes that ``draw_leaves`` can draw, sorted."""
