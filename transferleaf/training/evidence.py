"""Evidence from features: photos seen by a pretrained network, and classes guessed out of fold.

A model that learns from all photos but those of some leaves says what it takes those for. Where it
is sure of another class than the label, the label may be wrong; the audit of a data set reads that
from here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from os import PathLike
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from transferleaf.auditing.evidence import FeatureEvidence
from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.spec import BackboneSpec
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import BadPhotosError, FeatureStoreError, MissingFeaturesError, PhotoError
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.photos import PhotoFiles
from transferleaf.features.store import FeatureStore
from transferleaf.features.views import View
from transferleaf.head.out_of_fold import out_of_fold_probabilities, usable_folds
from transferleaf.head.space import Floats
from transferleaf.progress import Reporter
from transferleaf.training.assembly import resolve_backbone
from transferleaf.training.checks import check_backend, check_folder
from transferleaf.wording import counted

# Raised when guesses are made otherwise than before.
_WAY = 1


def feature_evidence(
    data: LeafDataset,
    *,
    backbone: str | BackboneSpec | keras.Model | Backbone = "efficientnet_lite0",
    weights: str | PathLike[str] | None = "imagenet",
    image_size: int | None = None,
    folds: int = 5,
    seed: int = 0,
    cache: str | PathLike[str] | None = None,
    verbose: int = 1,
) -> FeatureEvidence:
    """Let a frozen network look at all photos, and guess each class from other leaves.

    Features are stored, so a second call takes seconds.

    Args:
        data: The photos. Those that cannot be read get rows of NaN, and their number is said.
        backbone: The network; see ``TransferClassifier``.
        weights: Its weights; see ``TransferClassifier``.
        image_size: Height and width of what it sees, in pixels; its own where ``None``.
        folds: Parts that take turns to be guessed, at least 2; fewer where a class has fewer
            leaves, which is said.
        seed: Seeds the division into folds, at least 0.
        cache: Folder of the store; the user's cache folder where ``None``.
        verbose: 0 for silence, 1 for lines and progress bars.

    Raises:
        BadPhotosError: No photo can be read.
        SplitError: A class has only one leaf, so that nothing else can tell how it looks.
        PretrainedWeightsError: The weights cannot be had.
    """
    check_backend()
    check_folder("cache", cache)
    reporter = Reporter(verbose)
    prefix = FrozenPrefix(
        backbone=resolve_backbone(backbone, weights=weights, stages=None, image_size=image_size),
        store=FeatureStore(cache),
        reporter=reporter,
        photos=len(data),
    )
    features, read = features_of_readable(prefix, data.paths)
    seen = data.subset(read)
    used = usable_folds(seen.labels, seen.leaves, folds)
    if used < folds:
        reporter.say(f"{used} folds instead of {folds}: a class has too few leaves for more.")
    return FeatureEvidence(
        features=_spread(features, read, len(data)),
        probabilities=_spread(_guesses(prefix, features, seen, used, seed), read, len(data)),
        backbone=prefix.backbone.name,
        widths=prefix.backbone.describe().widths,
    )


def stage_features(prefix: FrozenPrefix, paths: Sequence[Path]) -> Floats:
    """Return the averaged outputs of all stages, side by side; what is missing is computed.

    Args:
        prefix: The frozen network and its store.
        paths: Photo files.

    Returns:
        Shape ``(n_photos, sum of stage widths)``.

    Raises:
        BadPhotosError: Some photos cannot be read; all of them are named.
    """
    stages = range(len(prefix.backbone.stages))
    label = "features of the photos"
    rows = prefix.rows(PhotoFiles(tuple(paths)), View(), stages=stages, cut=None, label=label)
    features = np.empty(rows.averages.shape, np.float32)
    rows.averages.read_into(features)
    return features


def features_of_readable(
    prefix: FrozenPrefix, paths: Sequence[Path]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return the features of all photos that can be read, and the positions of these.

    How many cannot is said.

    Args:
        prefix: The frozen network and its store.
        paths: Photo files.

    Raises:
        BadPhotosError: None can.
    """
    read: list[int] = list(range(len(paths)))
    while True:
        try:
            features = stage_features(prefix, [paths[row] for row in read])
            break
        except (BadPhotosError, PhotoError) as error:  # files that are gone come one by one
            errors = error.errors if isinstance(error, BadPhotosError) else (error,)
            bad = {each.path for each in errors}
            left = [row for row in read if paths[row] not in bad]
            if len(left) in (0, len(read)):
                raise
            read = left
    if len(read) < len(paths):
        left_out = counted(len(paths) - len(read), "photo")
        prefix.reporter.say(f"{left_out} cannot be read: features tell nothing there.")
    return features, np.array(read, np.int64)


def _guesses(
    prefix: FrozenPrefix, features: Floats, data: LeafDataset, folds: int, seed: int
) -> Floats:
    """Classes out of fold, stored beside the features that they come from."""
    widths = prefix.backbone.describe().widths
    told = json.dumps([_WAY, data.classes, data.labels.tolist(), data.leaves, widths, folds, seed])
    identity: dict[str, str | int] = {
        "output": "classes out of fold",
        "backbone": prefix.backbone.name,
        "image_size": prefix.backbone.image_size,
        "inputs": hashlib.sha256(told.encode("ascii") + features.tobytes()).hexdigest(),
    }
    space = prefix.store.space(identity, shape=(len(data.classes),), dtype="float32")
    keys = [row.to_bytes(32, "big") for row in range(len(data))]
    with suppress(MissingFeaturesError):
        return np.asarray(space.rows(keys).read())
    with prefix.reporter.bar("classes out of fold", folds) as move:
        probabilities = out_of_fold_probabilities(
            features,
            data.labels,
            data.leaves,
            classes=data.classes,
            widths=widths,
            folds=folds,
            seed=seed,
            on_fold=move,
        )
    # Nobody should be stopped for a cache.
    with suppress(FeatureStoreError), space.writer() as writer:
        writer.add(keys, probabilities)
    return probabilities


def _spread(values: Floats, rows: npt.NDArray[np.int64], photos: int) -> Floats:
    """Rows of ``values`` at their positions among all photos; NaN elsewhere."""
    spread = np.full((photos, values.shape[1]), np.nan, np.float32)
    spread[rows] = values
    return spread
