"""The accuracy of a classifier on its test photos with other backgrounds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.datasets.photos.decoding import Pixels
from transferleaf.datasets.photos.reading import read_photos
from transferleaf.errors import PhotoError
from transferleaf.judging.answers import Answers
from transferleaf.reports.background_swap import BackgroundSwap
from transferleaf.reports.metrics import share_interval
from transferleaf.scenes.swapping import swap_ground
from transferleaf.text.progress import Reporter

# With 300 photos, the interval has a width of 3 to 6 points. More photos take too long.
_MOST = 300
# With fewer leaves, or if most have no plain background, it is only measured on request.
_FEWEST = 30
_FIRST_LOOK = 40


def measure_swap(
    classifier: Any,
    answers: Answers,
    *,
    asked: bool | None,
    batch_size: int,
    reporter: Reporter,
) -> BackgroundSwap | None:
    """Measure the accuracy with other backgrounds.

    Args:
        classifier: A trained ``TransferClassifier``.
        answers: Its answers for the original photos.
        asked: Whether to measure. With ``None``, it is measured if most photos, and at least 30,
            show a leaf on a plain background.
        batch_size: Number of photos per batch.
        reporter: Shows progress.

    Returns:
        The accuracies. ``None`` if nothing was measured, or no leaf was found.
    """
    n = len(answers.truth)
    if asked is False or (asked is None and n < _FEWEST):
        return None
    rows = np.random.default_rng(0).permutation(n)[:_MOST]
    found: list[int] = []
    right: list[NDArray[np.bool_]] = []
    errors: dict[int, PhotoError] = {}
    paths = [answers.photos.paths[row] for row in rows]
    batches = read_photos(paths, classifier.image_size, batch_size=batch_size, errors=errors)
    done = 0
    with reporter.bar("other backgrounds", len(rows)) as move:
        for batch in batches:
            here = rows[done : done + len(batch)]
            done += len(batch)
            scenes = _swapped(batch, here)
            if scenes:
                told = classifier.predict_on_batch(np.stack(list(scenes.values())))
                kept = list(scenes)
                right.append(np.asarray(told).argmax(axis=1) == answers.truth[kept])
                found += kept
            move(done)
            if asked is None and done >= _FIRST_LOOK and len(found) < done / 2:
                return None
    if not found or (asked is None and len(found) < max(_FEWEST, done / 2)):
        return None
    groups = answers.groups
    leaves = None if groups is None else [groups[row] for row in found]
    before = answers.predicted[found] == answers.truth[found]
    return BackgroundSwap(
        looked_at=done - len(errors),
        photos=len(found),
        accuracy=share_interval(before, groups=leaves),
        swapped=share_interval(np.concatenate(right), groups=leaves),
    )


def _swapped(photos: Pixels, rows: NDArray[np.int64]) -> dict[int, Pixels]:
    """Return the photos with a detected leaf on other backgrounds, by row."""
    scenes = {
        int(row): swap_ground(photo, np.random.default_rng([7, int(row)]))
        for photo, row in zip(photos, rows, strict=True)
    }
    return {row: scene for row, scene in scenes.items() if scene is not None}
