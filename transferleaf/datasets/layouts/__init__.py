"""The layouts that are recognised, one file each.

They are read before ``LeafDataset`` is, so none may import it, or what imports it, at its top.
"""

from __future__ import annotations

from transferleaf.datasets.layouts.class_folders import ClassFolders
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.hugging_face import HuggingFaceMetadata
from transferleaf.datasets.layouts.layout import Layout, Recognition
from transferleaf.datasets.layouts.manifest import Manifest
from transferleaf.datasets.layouts.nested_folders import NestedFolders
from transferleaf.datasets.layouts.new_plant_diseases import NewPlantDiseases
from transferleaf.datasets.layouts.split_folders import SplitFolders
from transferleaf.datasets.layouts.table import Table
from transferleaf.datasets.layouts.tfds import TfdsFolder

__all__ = [
    "LAYOUTS",
    "ClassFolders",
    "FoundPhotos",
    "HuggingFaceMetadata",
    "Layout",
    "Manifest",
    "NestedFolders",
    "NewPlantDiseases",
    "Recognition",
    "SplitFolders",
    "Table",
    "TfdsFolder",
]

LAYOUTS: tuple[Layout, ...] = (
    # Files that say what each photo shows come first: they know more than folder names do.
    Manifest(),
    HuggingFaceMetadata(),
    Table(),
    TfdsFolder(),
    # Then folders, the most specific first.
    NewPlantDiseases(),
    SplitFolders(),
    NestedFolders(),
    ClassFolders(),
)
"""Every layout, in the order in which they are tried."""
