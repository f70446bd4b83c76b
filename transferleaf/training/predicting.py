"""Predictions for many photo files: a compiled engine runs the backbone, then the head follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np

from transferleaf.backbones.backbone import Backbone
from transferleaf.datasets.feeding import LabelForm
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.photo_checks import unreadable_photos
from transferleaf.datasets.photos.errors import photo_errors
from transferleaf.datasets.photos.reading import read_photos
from transferleaf.errors import BadPhotosError, PhotoError
from transferleaf.features.finite import finite
from transferleaf.features.frozen import WORTH_COMPILING, FrozenPrefix
from transferleaf.features.store import FeatureStore
from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.layers import read_head
from transferleaf.head.space import Floats
from transferleaf.process.forks import about_to_work
from transferleaf.text.progress import Reporter
from transferleaf.training.feeding.feeds import IndexedPhotos
from transferleaf.training.phases.head_inputs import HeadInputs
from transferleaf.training.phases.head_phase import compiled_results

_REMEDY = (
    "Repair or remove these files; predict_photos classifies the others and reports why these "
    "cannot be read."
)


def worth_an_engine(photos: int, options: Mapping[str, Any]) -> bool:
    """Return whether a compiled engine is faster for this number of photos.

    Args:
        photos: Number of photos. Few photos are done before an engine is built.
        options: Options of Keras' method. Only Keras supports most of them.
    """
    return photos >= WORTH_COMPILING and options.keys() <= {"verbose", "return_dict"}


def predict_files(
    classifier: keras.Model,
    backbone: Backbone,
    paths: Sequence[Path],
    *,
    groups: Sequence[FeatureGroup],
    verbose: Any,
) -> Floats:
    """Return class probabilities of photo files, equal to Keras' ``predict`` up to rounding.

    Nothing is stored, because the same photo is seldom classified twice.

    Args:
        classifier: The classifier with the head.
        backbone: Its backbone, with its current weights.
        paths: The files.
        groups: The feature groups of the head.
        verbose: 0 for no output, other values for a progress bar.

    Returns:
        Shape ``(n, n_classes)``, float32; rows sum to 1.

    Raises:
        BadPhotosError: Files cannot be read as photos.
    """
    features = _readable_features(backbone, paths, groups, verbose)
    return finite(read_head(classifier).probabilities(features), "answers")


def predict_each_file(
    classifier: keras.Model,
    backbone: Backbone,
    paths: Sequence[Path],
    *,
    groups: Sequence[FeatureGroup],
    batch_size: int,
) -> tuple[Floats, dict[int, str]]:
    """Return class probabilities of photo files, and the reasons for unreadable ones.

    Args:
        classifier: The classifier. It runs itself if there are few files.
        backbone: Its backbone, with its current weights.
        paths: The files, at least one.
        groups: The feature groups of the head.
        batch_size: Photos per batch, if there are too few for a compiled engine.

    Returns:
        Probabilities, shape ``(n, n_classes)``, float32, rows sum to 1; and the reasons for
        unreadable files, by index. Rows of unreadable files are undefined.
    """
    about_to_work()
    errors: dict[int, PhotoError] = {}
    if worth_an_engine(len(paths), {}):
        features = _features(backbone, paths, groups, 0, errors)
        probabilities = read_head(classifier).probabilities(features)
    else:
        batches = read_photos(paths, backbone.image_size, batch_size=batch_size, errors=errors)
        probabilities = np.concatenate([classifier.predict_on_batch(batch) for batch in batches])
    checked = finite(probabilities, "answers")
    return checked, {position: error.reason for position, error in errors.items()}


def features_of_each_file(
    classifier: keras.Model,
    backbone: Backbone,
    paths: Sequence[Path],
    *,
    groups: Sequence[FeatureGroup],
    batch_size: int,
) -> tuple[Floats, dict[int, str]]:
    """Return the features of photo files, and the reasons for unreadable ones.

    Args:
        classifier: The classifier. It runs itself, up to the head, if there are few files.
        backbone: Its backbone, with its current weights.
        paths: The files, at least one.
        groups: The feature groups of the head.
        batch_size: Photos per batch, if there are too few for a compiled engine.

    Returns:
        Features, shape ``(n, n_features)``, float32; and the reasons for unreadable files, by
        index. Rows of unreadable files are undefined.
    """
    about_to_work()
    errors: dict[int, PhotoError] = {}
    if worth_an_engine(len(paths), {}):
        features = _features(backbone, paths, groups, 0, errors)
    else:
        batches = read_photos(paths, backbone.image_size, batch_size=batch_size, errors=errors)
        network = _up_to_the_head(classifier)
        features = np.concatenate([network.predict_on_batch(batch) for batch in batches])
    checked = finite(features, "features")
    return checked, {position: error.reason for position, error in errors.items()}


def _up_to_the_head(classifier: keras.Model) -> keras.Model:
    """Return the part of a classifier that computes the features of the head. It shares the layers.

    It is built and compiled only once, because that takes longer than to run it on one photo.
    """
    if classifier not in _NETWORKS:
        outputs = classifier.get_layer("standardize").input
        _NETWORKS[classifier] = keras.Model(classifier.input, outputs)
    return _NETWORKS[classifier]


# Not an attribute of the classifier: Keras would track it as a layer.
_NETWORKS: WeakKeyDictionary[keras.Model, keras.Model] = WeakKeyDictionary()


@contextmanager
def all_bad_photos(data: Any) -> Iterator[None]:
    """List all unreadable photos of ``data`` if one is found, as TensorFlow reports only the first.

    Only in this case, all photos are read again.

    Raises:
        BadPhotosError: Photos could not be read inside the block, and ``data`` is a leaf data set.
        PhotoError: A photo could not be read, and ``data`` has another type.
    """
    try:
        with photo_errors():
            yield
    except PhotoError as first:
        if not isinstance(data, LeafDataset):
            raise
        found = unreadable_photos(data.paths) or [first]
        raise BadPhotosError(found, photos=len(data), remedy=_REMEDY) from None


def evaluate_files(
    classifier: keras.Model,
    backbone: Backbone,
    photos: IndexedPhotos,
    paths: Sequence[Path],
    *,
    groups: Sequence[FeatureGroup],
    labels: LabelForm,
    verbose: Any,
) -> dict[str, float]:
    """Return loss and metrics on photo files, equal to Keras' ``evaluate`` up to rounding.

    Args:
        classifier: The compiled classifier.
        backbone: Its backbone, with its current weights.
        photos: The labels and weights of the photos.
        paths: The photo files.
        groups: The feature groups of the head.
        labels: The form of labels that the loss takes.
        verbose: 0 for no output, other values for a progress bar.

    Raises:
        BadPhotosError: Files cannot be read as photos.
    """
    features = _readable_features(backbone, paths, groups, verbose)
    inputs = HeadInputs(features=features, targets=photos.targets, weights=photos.weights)
    return compiled_results(classifier, read_head(classifier), inputs, labels)


def _readable_features(
    backbone: Backbone, paths: Sequence[Path], groups: Sequence[FeatureGroup], verbose: Any
) -> Floats:
    errors: dict[int, PhotoError] = {}
    features = _features(backbone, paths, groups, verbose, errors)
    if errors:
        found = [errors[position] for position in sorted(errors)]
        raise BadPhotosError(found, photos=len(paths), remedy=_REMEDY)
    return features


def _features(
    backbone: Backbone,
    paths: Sequence[Path],
    groups: Sequence[FeatureGroup],
    verbose: Any,
    errors: MutableMapping[int, PhotoError],
) -> Floats:
    reporter = Reporter(0 if verbose == 0 else 1)
    prefix = FrozenPrefix(
        backbone=backbone, store=FeatureStore(), reporter=reporter, photos=len(paths)
    )
    images = read_photos(paths, backbone.image_size, errors=errors)
    found = np.empty((len(paths), sum(group.width for group in groups)), np.float32)
    done = 0
    with reporter.bar("photos", len(paths)) as move:
        for features in prefix.features(images, groups):
            found[done : done + len(features)] = features
            done += len(features)
            move(done)
    return found
