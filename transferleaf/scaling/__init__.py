"""Processing of large data sets in parts, on this machine or on Ray.

A call finds its photos (``photo_locations``), divides them into ``parts``, and runs a task for each
part (``running``): in this process, or on Ray workers (``on_ray``). There are three tasks: features
for the store (``features``), predictions (``answering``), and facts of photo files (``facts``). Ray
is only imported if it is used.
"""

from __future__ import annotations

from transferleaf.scaling.facts import photo_facts
from transferleaf.scaling.features import StoreFill, fill_store
from transferleaf.scaling.output_folder import read_predictions
from transferleaf.scaling.photo_locations import PhotoLocation, find_photos
from transferleaf.scaling.predicting import BulkPredictions, predict_photos_to
from transferleaf.scaling.workers import Workers

__all__ = [
    "BulkPredictions",
    "PhotoLocation",
    "StoreFill",
    "Workers",
    "fill_store",
    "find_photos",
    "photo_facts",
    "predict_photos_to",
    "read_predictions",
]
