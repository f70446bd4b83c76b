"""Features of all photos, and out-of-fold predictions of their classes.

Each photo is classified by a model that was trained without the leaves of its fold. If this model
is sure of another class than the label, the label may be wrong. The audit of a data set uses this.
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
from transferleaf.scenes.plain_grounds import look_for_plain_grounds
from transferleaf.text.progress import Reporter
from transferleaf.text.wording import counted
from transferleaf.training.assembly import resolve_backbone
from transferleaf.training.checks import check_backend, check_folder
from transferleaf.training.swapped_backgrounds import swap_of_head

# Increased when the method changes, so that stored results of older methods are not used.
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
    """Compute the features of all photos, and predict the class of each from other leaves.

    Features are stored, so a second call takes seconds. If nearly all photos show a leaf on a plain
    background, the accuracy with other backgrounds is measured too.

    Args:
        data: The photos. Unreadable ones get rows of NaN, and their number is printed.
        backbone: The network; see ``TransferClassifier``.
        weights: Its weights; see ``TransferClassifier``.
        image_size: Height and width of the network's input, in pixels. Default: that of the
            backbone.
        folds: Number of folds, at least 2. Fewer are used, with a message, if a class has fewer
            leaves.
        seed: Seed for the division into folds, at least 0.
        cache: Folder of the feature store. Default: the user's cache folder.
        verbose: 0 for no output, 1 for lines and progress bars.

    Raises:
        BadPhotosError: No photo can be read.
        SplitError: A class has only one leaf, so it cannot be predicted from others.
        PretrainedWeightsError: The weights are not available.
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
        swap=swap_of_head(prefix, groups, seen, folds=used, seed=seed)
        if look_for_plain_grounds(seen.paths).is_laboratory
        else None,
    )


def stored_groups(
    prefix: FrozenPrefix, paths: Sequence[Path], groups: Sequence[FeatureGroup] | None = None
) -> StoredGroups:
    """Return the features of all stages, and compute the missing ones.

    Args:
        prefix: The frozen network and its store.
        paths: Photo files.
        groups: The feature groups; those of new heads by default.

    Raises:
        BadPhotosError: Some photos cannot be read. The error lists all of them.
    """
    wanted = default_groups(prefix.backbone.describe()) if groups is None else groups
    label = "features of the photos"
    source = PhotoFiles(tuple(paths))
    return prefix.rows(source, View(), groups=wanted, cut=None, label=label).features


def features_of_readable(
    prefix: FrozenPrefix, paths: Sequence[Path], groups: Sequence[FeatureGroup] | None = None
) -> tuple[StoredGroups, npt.NDArray[np.int64]]:
    """Return the features of all readable photos, and the indices of these photos.

    The number of unreadable photos is printed.

    Args:
        prefix: The frozen network and its store.
        paths: Photo files.
        groups: As for ``stored_groups``.

    Raises:
        BadPhotosError: No photo can be read.
    """
    read: list[int] = list(range(len(paths)))
    while True:
        try:
            found = stored_groups(prefix, [paths[row] for row in read], groups)
            break
        except (BadPhotosError, PhotoError) as error:  # missing files raise one error each
            errors = error.errors if isinstance(error, BadPhotosError) else (error,)
            bad = {each.path for each in errors}
            left = [row for row in read if paths[row] not in bad]
            if len(left) in (0, len(read)):
                raise
            read = left
    if len(read) < len(paths):
        left_out = counted(len(paths) - len(read), "photo")
        prefix.reporter.say(f"Left out: {left_out} that cannot be read.")
    return found, np.array(read, np.int64)


def _guesses(
    prefix: FrozenPrefix, groups: StoredGroups, data: LeafDataset, folds: int, seed: int
) -> Floats:
    """Return out-of-fold class probabilities, which are stored next to the features."""
    layers = prefix.backbone.describe()
    told = json.dumps([_WAY, data.classes, data.labels.tolist(), data.leaves, folds, seed])
    # The averages identify the photos and the weights, and so everything computed from them.
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
    # A cache that cannot be written must not stop the work.
    with suppress(FeatureStoreError), space.writer() as writer:
        writer.add(keys, probabilities)
    return probabilities


def _spread(values: Floats, rows: npt.NDArray[np.int64], photos: int) -> Floats:
    """Return rows of ``values`` at their indices among all photos, and NaN elsewhere."""
    spread = np.full((photos, values.shape[1]), np.nan, np.float32)
    spread[rows] = values
    return spread
