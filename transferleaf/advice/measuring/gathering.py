"""Gathers the evidence of a data set. The photos run through the network once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path

import numpy as np

from transferleaf.advice.evidence import (
    CurvePoint,
    Evidence,
    Probe,
    SimilarityEvidence,
    SizeEvidence,
)
from transferleaf.advice.measuring.augmented import augmentation_evidence
from transferleaf.advice.measuring.measurements import Measurements
from transferleaf.backbones.backbone import Backbone
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.parts.sampling import Labelled
from transferleaf.datasets.photos.decoding import read_photo
from transferleaf.errors import LoneLeafError, LostClassesError, PhotoError
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.photos import PhotoFiles
from transferleaf.features.store import FeatureStore
from transferleaf.head.out_of_fold import usable_folds
from transferleaf.text.progress import Reporter
from transferleaf.training.checks import check_folder
from transferleaf.training.evidence import features_of_readable
from transferleaf.training.feeding.feeds import IndexedPhotos
from transferleaf.training.feeding.labels import class_shares


def gather_evidence(
    data: LeafDataset,
    *,
    backbone: Backbone,
    augmented: bool = False,
    folds: int = 3,
    seed: int = 0,
    cache: str | PathLike[str] | None = None,
    verbose: int = 1,
) -> Evidence:
    """Measure the amount of data, its similarity to the pretraining data, and the head.

    Features and results are stored, so a second call takes seconds.

    Args:
        data: The photos. Unreadable photos are left out, with a message.
        backbone: The network.
        augmented: Also cross-validate the head with augmented views, on at most 1,000 photos.
        folds: Number of folds for cross-validation, at least 2. If a class has fewer leaves, there
            are fewer folds, with a message.
        seed: Seed of the folds and samples, at least 0.
        cache: Folder of the feature store. Default: the user's cache folder.
        verbose: 0 for no output, 1 for messages and progress bars.

    Raises:
        BadPhotosError: No photo can be read.
        LostClassesError: No photo of a class can be read.
        LoneLeafError: A class has only one leaf.
    """
    check_folder("cache", cache)
    prefix = FrozenPrefix(
        backbone=backbone,
        store=FeatureStore(cache),
        reporter=Reporter(verbose),
        photos=len(data),
    )
    _, read = features_of_readable(prefix, data.paths)
    seen = data.subset(read)
    _check_classes(data, seen)
    indexed = IndexedPhotos(
        source=PhotoFiles(seen.paths),
        targets=class_shares(seen.labels, len(seen.classes)),
        weights=np.ones(len(seen), np.float32),
        leaves=seen.leaves,
    )
    found = evidence_of(indexed, prefix=prefix, classes=seen.classes, folds=folds, seed=seed)
    if not augmented:
        return found
    effect = augmentation_evidence(seen, prefix=prefix, folds=folds, seed=seed)
    return replace(found, augmentation=effect)


def _size(photos: Labelled, curve: Sequence[CurvePoint]) -> SizeEvidence:
    counts = np.bincount(photos.labels, minlength=len(photos.classes))
    known = any(leaf is not None for leaf in photos.leaves)
    return SizeEvidence(
        photos=len(photos),
        classes=len(photos.classes),
        leaves=len(set(photos.numbered_leaves().tolist())) if known else None,
        smallest_class=int(counts.min()),
        learning_curve=tuple(curve),
    )


def _similarity(backbone: Backbone, measured: Measurements) -> SimilarityEvidence:
    stages = backbone.stage_names
    if not backbone.pretrained:
        unknown = (None,) * len(stages)
        return SimilarityEvidence(stages=stages, divergences=unknown, pretrained=False)
    return SimilarityEvidence(
        stages=stages,
        divergences=measured.divergences(),
        made_divergences=measured.made_divergences(),
    )


def _check_classes(data: LeafDataset, seen: LeafDataset) -> None:
    """Check that each class has readable photos: fewer classes would be an easier task."""
    had, have = data.class_counts(), seen.class_counts()
    lost = [name for name, count in had.items() if count and not have[name]]
    if lost:
        unread = sorted(set(data.paths) - set(seen.paths))
        errors = [error for path in unread if (error := _error_of(path)) is not None]
        raise LostClassesError("other", lost, errors=errors)


def _error_of(path: Path) -> PhotoError | None:
    try:
        read_photo(path)
    except PhotoError as error:
        return error
    return None


def evidence_of(
    indexed: IndexedPhotos,
    *,
    prefix: FrozenPrefix,
    classes: Sequence[str],
    folds: int = 3,
    seed: int = 0,
) -> Evidence:
    """Gather the evidence of the photos of a fit; see ``gather_evidence``.

    Args:
        indexed: The photos, all readable. The label of each is its most probable class.
        prefix: The frozen network and its store.
        classes: Names of the classes.
        folds: Number of folds for cross-validation, at least 2.
        seed: Seed of the folds and samples, at least 0.

    Raises:
        BadPhotosError: Photos cannot be read.
        LoneLeafError: A class has only one leaf.
    """
    photos = Labelled(
        labels=indexed.targets.argmax(axis=1).astype(np.int64),
        leaves=indexed.leaves or (None,) * len(indexed.targets),
        classes=tuple(classes),
    )
    if lone := photos.classes_of_one_leaf():
        raise LoneLeafError(lone)
    used = usable_folds(photos.labels, photos.leaves, folds)
    if used < folds:
        prefix.reporter.say(
            f"{used} folds instead of {folds}: a class has too few leaves for more."
        )
    measured = Measurements(
        source=indexed.source, photos=photos, prefix=prefix, folds=used, seed=seed
    )
    curve = measured.learning_curve()
    return Evidence(
        backbone=prefix.backbone.name,
        image_size=prefix.backbone.image_size,
        size=_size(photos, curve),
        similarity=_similarity(prefix.backbone, measured),
        all_stages=Probe(accuracy=curve[-1].accuracy, deviation=curve[-1].deviation),
        forward_seconds=measured.forward_seconds(),
    )
