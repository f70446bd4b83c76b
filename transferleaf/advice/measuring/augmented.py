"""Cross-validates the head with and without augmented views of the training photos."""

from __future__ import annotations

import json
from itertools import count

import numpy as np

from transferleaf.advice.evidence import AugmentationEvidence
from transferleaf.advice.measuring.notes import Notes
from transferleaf.datasets import Augmentation, LeafDataset
from transferleaf.datasets.parts.sampling import Labelled, varied_sample
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.photos import PhotoFiles
from transferleaf.features.stored_features import StoredFeatures
from transferleaf.features.views import views_of
from transferleaf.freezing import FreezePolicy
from transferleaf.freezing.feature_groups import average_groups, default_groups
from transferleaf.head.out_of_fold import out_of_fold_probabilities, usable_folds

# With more photos, the views take minutes to compute.
_SAMPLE, _SAMPLE_OF_A_CLASS = 1000, 6

# With few photos, the result depends on the folds. The cross-validation is repeated until about
# this many photos are predicted, but at most a few times.
_PREDICTIONS, _MOST_REPEATS = 500, 5


def augmentation_evidence(
    data: LeafDataset, *, prefix: FrozenPrefix, folds: int, seed: int
) -> AugmentationEvidence:
    """Measure the effect of ``Augmentation.leaf()`` on the errors of the head.

    The views are those that ``fit`` computes for the same photos, so it reuses them. Up to 250
    photos are cross-validated two to five times, with different folds, and the counts are means.

    Args:
        data: The photos, all readable. At most 1,000 are used.
        prefix: The frozen network and its store.
        folds: Number of folds for cross-validation, at least 2.
        seed: Seed of the folds and the sample.

    Raises:
        BadPhotosError: Photos cannot be read.
    """
    everything = Labelled(labels=data.labels, leaves=data.leaves, classes=data.classes)
    rows = varied_sample(everything, limit=_SAMPLE, least=_SAMPLE_OF_A_CLASS, seed=seed)
    photos, backbone = everything.part(rows), prefix.backbone
    groups = default_groups(backbone.describe())
    source = PhotoFiles(data.subset(rows).paths)
    views = [
        prefix.rows(source, view, groups=groups, cut=None, label="augmented views").features
        for view in views_of(Augmentation.leaf(), FreezePolicy.freeze_base().views)
    ]
    averages = views[1].select(average_groups(backbone.describe())).read()
    seeds = range(seed, seed + _repeats(len(photos)))
    known = [photos.classes, photos.labels.tolist(), photos.leaves, folds, list(seeds)]
    notes = Notes(
        store=prefix.store,
        backbone=backbone.name,
        image_size=backbone.image_size,
        inputs=json.dumps(known).encode("ascii") + averages.tobytes(),
    )

    used = usable_folds(photos.labels, photos.leaves, folds)

    def measure() -> list[int]:
        counts, done = [], count(1)
        with prefix.reporter.bar("heads with augmented views", 2 * len(seeds) * used) as move:
            for number in seeds:
                plain, augmented = (
                    out_of_fold_probabilities(
                        StoredFeatures(seen),
                        photos.labels,
                        photos.leaves,
                        classes=photos.classes,
                        groups=groups,
                        folds=used,
                        seed=number,
                        on_fold=lambda _: move(next(done)),
                    )
                    for seen in (views[:1], views)
                )
                wrong = [each.argmax(axis=1) != photos.labels for each in (plain, augmented)]
                counts.append([*(each.sum() for each in wrong), np.not_equal(*wrong).sum()])
        errors, augmented_errors, only_one_wrong = (round(mean) for mean in np.mean(counts, axis=0))
        return [errors, augmented_errors, max(only_one_wrong, abs(errors - augmented_errors))]

    errors, augmented_errors, only_one_wrong = notes.recall("augmented views", (3,), measure)
    return AugmentationEvidence(
        photos=len(photos),
        errors=int(errors),
        augmented_errors=int(augmented_errors),
        only_one_wrong=int(only_one_wrong),
    )


def _repeats(photos: int) -> int:
    """Return how often to cross-validate a number of photos.

    >>> [_repeats(photos) for photos in (80, 145, 250, 1000)]
    [5, 3, 2, 1]
    """
    return min(max(_PREDICTIONS // photos, 1), _MOST_REPEATS)
