"""Evaluation of an exported file, with the same metrics as for the classifier."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.photos.reading import read_photos
from transferleaf.errors import PhotoError
from transferleaf.export.running import ExportedClassifier
from transferleaf.judging.answers import sort_answers
from transferleaf.judging.matching import LabelMap, check_label_map, matched_labels
from transferleaf.judging.measuring import measure
from transferleaf.reports.set_report import SetReport
from transferleaf.whole_numbers import whole_number


def judge_exported(
    exported: ExportedClassifier,
    sets: Mapping[str, LeafDataset],
    *,
    label_map: LabelMap | None = None,
    batch_size: int = 32,
) -> tuple[SetReport, ...]:
    """Evaluate an exported file on sets of photos.

    Args:
        exported: The file.
        sets: The photos by name.
        label_map: See ``report_on``.
        batch_size: Number of photos per batch, at least 1.

    Returns:
        The results for each set, without mistakes, because exported files have no heat maps.

    Raises:
        ConfigError: ``label_map`` contains unknown classes.
        ClassMismatchError: The file has none of the classes of a set.
        BadPhotosError: No photo of a set can be read.
    """
    if label_map is not None:
        check_label_map(label_map, list(sets.values()), exported.classes)
    size = whole_number("batch_size", batch_size, minimum=1)
    return tuple(_judged(exported, name, data, label_map, size) for name, data in sets.items())


def _judged(
    exported: ExportedClassifier,
    name: str,
    data: LeafDataset,
    label_map: LabelMap | None,
    batch_size: int,
) -> SetReport:
    labels = matched_labels(data, exported.classes, label_map, name=f"the {name} photos")
    errors: dict[int, PhotoError] = {}
    batches = read_photos(data.paths, exported.read_size, batch_size=batch_size, errors=errors)
    found = [exported.answer(batch) for batch in batches]
    judged = [each for _, verdicts in found for each in verdicts or ()]
    answers = sort_answers(
        data,
        labels,
        np.concatenate([probabilities for probabilities, _ in found]),
        {row: error.reason for row, error in errors.items()},
        threshold=exported.metadata.threshold,
        verdicts=judged or None,
    )
    return measure(
        answers,
        name=name,
        fingerprint=data.fingerprint(),
        classes=exported.classes,
        temperature=exported.metadata.temperature or 1.0,
        threshold=exported.metadata.threshold,
        training_leaves=None,
        mistakes=(),
    )
