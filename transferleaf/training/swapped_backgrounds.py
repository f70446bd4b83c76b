"""The accuracy of a head from other leaves, on photos as they are and on other backgrounds.

The audit of a data set uses this. A report measures the same for a classifier.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.photos.reading import read_photos
from transferleaf.errors import PhotoError
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.outputs import StoredGroups
from transferleaf.features.stored_features import StoredFeatures
from transferleaf.freezing.feature_groups import default_groups
from transferleaf.head.out_of_fold import deal_leaves, head_of_others
from transferleaf.head.solver import L2_STRENGTHS
from transferleaf.reports.background_swap import BackgroundSwap
from transferleaf.reports.metrics import share_interval
from transferleaf.scenes.swapping import swap_ground

# With 200 photos, the interval has a width of 4 to 7 points.
_MOST = 200
_FEWEST = 30
_BATCH = 32


def swap_of_head(
    prefix: FrozenPrefix,
    groups: StoredGroups,
    data: LeafDataset,
    *,
    folds: int,
    seed: int,
) -> BackgroundSwap | None:
    """Measure how much a head that was solved on other leaves depends on the background.

    Args:
        prefix: The frozen network.
        groups: The features of all photos.
        data: The photos, all readable.
        folds: The share of held-out leaves is one divided by this number.
        seed: Seed for the choice of leaves and photos.

    Returns:
        The accuracies. ``None`` if a leaf on a plain background is found in fewer than half of the
        photos, or in fewer than 30.
    """
    held_out = deal_leaves(data.labels, data.leaves, folds, seed=seed)[0]
    chosen = np.random.default_rng(seed).permutation(held_out)[:_MOST]
    rows, scenes = _swapped(prefix, data, chosen)
    if len(rows) < max(_FEWEST, len(chosen) / 2):
        return None
    wanted = default_groups(prefix.backbone.describe())
    targets = np.eye(len(data.classes), dtype=np.float32)[data.labels]
    features = StoredFeatures([groups.select(wanted)])
    head = head_of_others(features, targets, held_out, wanted, L2_STRENGTHS)
    batches = (scenes[start : start + _BATCH] for start in range(0, len(scenes), _BATCH))
    changed = np.concatenate(list(prefix.features(batches, wanted)))
    truth = data.labels[rows]
    leaves: Sequence[str | int] = [data.leaves[row] or row for row in rows.tolist()]

    def right(values: NDArray[np.float32]) -> NDArray[np.bool_]:
        return np.asarray(head.probabilities(values).argmax(axis=1) == truth)

    return BackgroundSwap(
        looked_at=len(chosen),
        photos=len(rows),
        accuracy=share_interval(right(groups.select(wanted).take(rows)), groups=leaves),
        swapped=share_interval(right(changed), groups=leaves),
    )


def _swapped(
    prefix: FrozenPrefix, data: LeafDataset, chosen: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return the photos in which a leaf is found, and these leaves on other backgrounds."""
    errors: dict[int, PhotoError] = {}
    size = prefix.backbone.image_size
    rows, scenes = [], []
    paths = [data.paths[row] for row in chosen.tolist()]
    done = 0
    with prefix.reporter.bar("other backgrounds", len(chosen)) as move:
        for batch in read_photos(paths, size, batch_size=_BATCH, errors=errors):
            for at, photo in enumerate(batch, start=done):
                row = int(chosen[at])
                scene = swap_ground(photo, np.random.default_rng([7, row]))
                if scene is not None and at not in errors:
                    rows.append(row)
                    scenes.append(scene)
            done += len(batch)
            move(done)
    found = np.stack(scenes) if scenes else np.empty((0, size, size, 3), np.uint8)
    return np.array(rows, np.int64), found
