"""More photos than one machine holds: the same work, part by part, here or on Ray.

A call finds its photos (``photo_locations``), cuts them into ``parts``, and has a task done for
each part (``running``): in this process, or by workers that Ray starts and watches over
(``on_ray``). There are three tasks: features for the store (``features``), predictions
(``answering``), and the facts of photo files (``facts``). Ray is imported only where it is asked
for.
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
