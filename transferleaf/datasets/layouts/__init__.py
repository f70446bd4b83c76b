"""The supported layouts, one module each.

These modules are imported before ``LeafDataset``, so they must not import it at module level.
"""

from __future__ import annotations

from transferleaf.datasets.layouts.class_folders import ClassFolders
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.layout import Layout, Recognition
from transferleaf.datasets.layouts.nested_folders import NestedFolders
from transferleaf.datasets.layouts.new_plant_diseases import NewPlantDiseases
from transferleaf.datasets.layouts.split_folders import SplitFolders
from transferleaf.datasets.layouts.tables.hugging_face import HuggingFaceMetadata
from transferleaf.datasets.layouts.tables.manifest import Manifest
from transferleaf.datasets.layouts.tables.table import Table
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
    # First, files that list photos, because they contain more information than folder names.
    Manifest(),
    HuggingFaceMetadata(),
    Table(),
    TfdsFolder(),
    # Then folders, from the most to the least specific layout.
    NewPlantDiseases(),
    SplitFolders(),
    NestedFolders(),
    ClassFolders(),
)
"""Every layout, in the order in which they are tried."""
