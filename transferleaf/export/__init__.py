"""Classifiers as files for other programs: SavedModel, LiteRT, ONNX and OpenVINO.

Every file takes raw photos and gives class probabilities; resizing and the backbone's pixel
convention are part of its graph (``graph``), and what a user needs to know travels inside it
(``metadata``). A file appears only after it has answered photos as ``predict`` does (``checking``).
``running`` opens any of them again.
"""

from transferleaf.export.checking import ExportCheck
from transferleaf.export.exporting import export_classifier
from transferleaf.export.metadata import ExportMetadata
from transferleaf.export.running import ExportedClassifier, open_exported

__all__ = [
    "ExportCheck",
    "ExportMetadata",
    "ExportedClassifier",
    "export_classifier",
    "open_exported",
]
