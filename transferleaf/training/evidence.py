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
from transferleaf.features.outputs import StoredGroups
from transferleaf.features.photos import PhotoFiles
from transferleaf.features.store import FeatureStore
from transferleaf.features.stored_features import StoredFeatures
from transferleaf.features.views import View
from transferleaf.freezing.feature_groups import FeatureGroup, average_groups, default_groups
from transferleaf.head.out_of_fold import out_of_fold_probabilities, usable_folds
from transferleaf.head.space import Floats
from transferleaf.progress import Reporter
from transferleaf.training.assembly import resolve_backbone
from transferleaf.training.checks import check_backend, check_folder
from transferleaf.wording import counted

# Raised when guesses are made otherwise than before.
_WAY = 2


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
    groups, read = features_of_readable(prefix, data.paths)
    seen = data.subset(read)
    used = usable_folds(seen.labels, seen.leaves, folds)
    if used < folds:
        reporter.say(f"{used} folds instead of {folds}: a class has too few leaves for more.")
    guesses = _guesses(prefix, groups, seen, used, seed)
    layers = prefix.backbone.describe()
    return FeatureEvidence(
        features=_spread(groups.select(average_groups(layers)).read(), read, len(data)),
        probabilities=_spread(guesses, read, len(data)),
        backbone=prefix.backbone.name,
        widths=layers.widths,
    )


def stored_groups(
    prefix: FrozenPrefix, paths: Sequence[Path], groups: Sequence[FeatureGroup] | None = None
) -> StoredGroups:
    """Return what a head sees of all stages; what is missing is computed.

    Args:
        prefix: The frozen network and its store.
        paths: Photo files.
        groups: What the head sees; the default of new heads where ``None``.

    Raises:
        BadPhotosError: Some photos cannot be read; all of them are named.
    """
    wanted = default_groups(prefix.backbone.describe()) if groups is None else groups
    label = "features of the photos"
    source = PhotoFiles(tuple(paths))
    return prefix.rows(source, View(), groups=wanted, cut=None, label=label).features


def features_of_readable(
    prefix: FrozenPrefix, paths: Sequence[Path], groups: Sequence[FeatureGroup] | None = None
) -> tuple[StoredGroups, npt.NDArray[np.int64]]:
    """Return what a head sees of all photos that can be read, and the positions of these.

    How many cannot is said.

    Args:
        prefix: The frozen network and its store.
        paths: Photo files.
        groups: As for ``stored_groups``.

    Raises:
        BadPhotosError: None can.
    """
    read: list[int] = list(range(len(paths)))
    while True:
        try:
            found = stored_groups(prefix, [paths[row] for row in read], groups)
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
    return found, np.array(read, np.int64)


def _guesses(
    prefix: FrozenPrefix, groups: StoredGroups, data: LeafDataset, folds: int, seed: int
) -> Floats:
    """Classes out of fold, stored beside the features that they come from."""
    layers = prefix.backbone.describe()
    told = json.dumps([_WAY, data.classes, data.labels.tolist(), data.leaves, folds, seed])
    # Averages tell photos and weights apart, and so all that can be made of them.
    averages = groups.select(average_groups(layers)).read()
    identity: dict[str, str | int] = {
        "output": "classes out of fold",
        "backbone": prefix.backbone.name,
        "image_size": prefix.backbone.image_size,
        "inputs": hashlib.sha256(told.encode("ascii") + averages.tobytes()).hexdigest(),
    }
    space = prefix.store.space(identity, shape=(len(data.classes),), dtype="float32")
    keys = [row.to_bytes(32, "big") for row in range(len(data))]
    with suppress(MissingFeaturesError):
        return np.asarray(space.rows(keys).read())
    with prefix.reporter.bar("classes out of fold", folds) as move:
        probabilities = out_of_fold_probabilities(
            StoredFeatures([groups]),
            data.labels,
            data.leaves,
            classes=data.classes,
            groups=default_groups(layers),
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
