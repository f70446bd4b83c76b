"""Export of classifiers for other programs: SavedModel, LiteRT, ONNX and OpenVINO.

Every file takes raw photos and returns class probabilities. The graph includes resizing and the
pixel convention of the backbone (``graph``), and the file contains the metadata (``metadata``). A
file is only moved to its place after its predictions agree with ``predict`` (``checking``).
``running`` opens exported files.
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
