"""Calibration of a classifier on photos: temperature, threshold and class means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from typing import Any

import numpy as np

from transferleaf.calibrating.calibration import Calibration
from transferleaf.calibrating.class_means import ClassMeans, Floats, farthest_known
from transferleaf.calibrating.held_out import (
    HeldOutPredictions,
    Leaves,
    predicted_by_head,
    predicted_out_of_fold,
)
from transferleaf.calibrating.selecting import photos_needed, sure_threshold
from transferleaf.datasets.photos.errors import photo_errors
from transferleaf.errors import ConfigError, EmptyClassError
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.store import FeatureStore
from transferleaf.features.views import View
from transferleaf.freezing.feature_groups import feature_groups
from transferleaf.head.layers import read_head, write_head
from transferleaf.head.solver import LinearHead
from transferleaf.reports.temperature import fit_temperature, scaled
from transferleaf.text.progress import Reporter
from transferleaf.training.checks import check_folder, check_trained
from transferleaf.training.feeding.feeds import Feed, FeedFormat, open_validation
from transferleaf.training.feeding.pixel_values import warn_of_unit_range
from transferleaf.training.phases.head_inputs import HeadInputs, stored_inputs, streamed_inputs

_LABEL = "calibrating"

# With so many validation photos, more would hardly improve the result.
_ENOUGH = 2000


def calibrate_on(
    classifier: Any,
    validation_data: Any,
    *,
    training_data: Any = None,
    precision: float = 0.95,
    batch_size: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 1,
) -> Calibration:
    """Calibrate the probabilities, and find the probability from which predictions are "sure".

    Afterwards, ``predict`` and all saved and exported files return calibrated probabilities, and
    ``predict_photos`` gives each prediction a verdict: ``"sure"``, ``"unsure"`` or ``"unknown"``.
    ``fit`` resets the calibration.

    Args:
        classifier: A trained ``TransferClassifier``. The temperature becomes part of its head, the
            other results are stored in ``calibration`` and ``class_means``.
        validation_data: Photos that were not used for training, with at least one of each class.
            The same kinds of data as in ``fit``.
        training_data: The photos of ``fit``. If the stages are frozen, the calibration also uses
            these photos, with cross-validation by leaf: a head that was solved on other leaves
            classifies each photo. So a few hundred photos can be enough to show a precision for
            which the validation photos alone are too few. They are not used if there are at least
            2,000 validation photos, or if more than the head was trained.
        precision: Share of correct predictions among those that are "sure", in (0, 1).
        batch_size: Number of photos per batch. Default: 32.
        cache: Folder of the feature store; see ``fit``.
        verbose: 0 for no output.

    Returns:
        The calibration, which is also printed. If the precision cannot be shown, its ``threshold``
        is ``None``, predictions stay ``"uncalibrated"``, and ``photos_needed`` estimates how many
        photos are enough.

    Raises:
        ConfigError: An argument or the data is invalid.
        NotTrainedError: The classifier is not trained.
        ClassMismatchError: The data has other classes than the classifier.
        EmptyClassError: A class has no validation photos.
        BadPhotosError: Photos cannot be read.
    """
    if not isinstance(precision, float) or not 0 < precision < 1:
        raise ConfigError("precision", precision, "be a number between 0 and 1, such as 0.95")
    check_folder("cache", cache)
    check_trained(classifier, "a calibration")
    form = FeedFormat(classes=classifier.classes, image_size=classifier.image_size, labels="sparse")
    opened = {
        name: open_validation(data, form=form, batch_size=batch_size, what=name)
        for name, data in (("validation_data", validation_data), ("training_data", training_data))
    }
    feed, learnt = opened.values()
    if feed is None:
        raise ConfigError("validation_data", None, "be photos with labels")
    warn_of_unit_range(validation_data=feed.unit_range)
    reporter = Reporter(verbose)
    head = _plain(read_head(classifier), classifier.calibration)

    def read(feed: Feed, name: str) -> tuple[HeadInputs, Leaves]:
        inputs = inputs_of(classifier, feed, FeatureStore(cache), reporter, name=name)
        return inputs, None if feed.indexed is None else feed.indexed.leaves

    held_out = read(feed, "validation_data")
    _check_classes(held_out[0], classifier.classes)
    groups = feature_groups(classifier.freeze, classifier.backbone.describe())
    photos = None
    if learnt is not None and len(held_out[0].targets) < _ENOUGH and not classifier.refitted:
        photos = predicted_out_of_fold(head, read(learnt, "training_data"), held_out, groups=groups)
    if photos is None:
        photos = predicted_by_head(head, *held_out)
    calibration, calibrated, means = calibration_of_head(head, photos, precision=precision)
    write_head(classifier, calibrated)
    classifier.class_means, classifier.calibration = means, calibration
    reporter.say(str(calibration))
    return calibration


def calibration_of_head(
    head: LinearHead, photos: HeldOutPredictions, *, precision: float
) -> tuple[Calibration, LinearHead, ClassMeans]:
    """Calibrate a head on photos that were predicted from other leaves.

    Args:
        head: The head, without a temperature.
        photos: The photos and their predictions.
        precision: The share of correct predictions among those that are "sure", in (0, 1).

    Returns:
        The calibration, the head with its temperature, and the class means.
    """
    counted = np.flatnonzero(photos.counted)
    probabilities, truth = photos.probabilities[counted], photos.labels[counted]
    right = probabilities.argmax(axis=1) == truth
    # Without a mistake, the best temperature would be 0, because no prediction is overconfident.
    temperature = 1.0 if right.all() else fit_temperature(probabilities, truth)
    calibrated = _divided(head, temperature)
    if head.domains > 1 and photos.folds is None:
        # The temperature divides the logits of each domain, before they are added.
        confidence = calibrated.probabilities(photos.features[counted]).max(axis=1)
    else:
        confidence = scaled(probabilities, temperature).max(axis=1)
    of = None if photos.leaves is None else [photos.leaves[row] for row in counted.tolist()]
    threshold = sure_threshold(confidence, right, precision=precision, leaves=of)
    sure = confidence >= (np.inf if threshold is None else threshold)
    features = standardised(head, photos.features)
    means = ClassMeans.of(features, photos.labels, classes=head.classes)
    distances = means.distances_of_others(features, photos.labels, photos.leaves)
    calibration = Calibration(
        temperature=temperature,
        precision=precision,
        threshold=threshold,
        coverage=float(sure.mean()),
        accuracy=float(right[sure].mean()) if sure.any() else None,
        farthest=farthest_known(distances),
        photos=len(counted),
        folds=photos.folds,
        photos_needed=None
        if threshold is not None
        else photos_needed(confidence, right, precision=precision, leaves=of),
    )
    return calibration, calibrated, means


def _plain(head: LinearHead, calibration: Calibration | None) -> LinearHead:
    """Return the head without its temperature, so that it can be calibrated again."""
    return head if calibration is None else _divided(head, 1 / calibration.temperature)


def _check_classes(inputs: HeadInputs, classes: Sequence[str]) -> None:
    counts = np.bincount(inputs.targets.argmax(axis=1), minlength=inputs.targets.shape[1])
    if (counts == 0).any():
        raise EmptyClassError(counts.tolist(), classes=classes)


def standardised(head: LinearHead, features: Floats) -> Floats:
    """Return features for the class means, standardised as for the kernel of the head."""
    return head.scaling.apply(features)


def _divided(head: LinearHead, temperature: float) -> LinearHead:
    divisor = np.float32(temperature)
    return replace(head, kernel=head.kernel / divisor, bias=head.bias / divisor)


def inputs_of(
    classifier: Any, feed: Feed, store: FeatureStore, reporter: Reporter, *, name: str
) -> HeadInputs:
    """Return the inputs of the head for photos, and compute the missing ones.

    Args:
        classifier: A ``TransferClassifier``.
        feed: The photos.
        store: The feature store.
        reporter: Shows progress.
        name: Name of the photos in messages.

    Raises:
        ConfigError: The photos have sample weights.
        BadPhotosError: Photos cannot be read.
    """
    backbone = classifier.backbone
    groups = feature_groups(classifier.freeze, backbone.describe())
    # The same number as in fit, so that the engine does not depend on what is stored.
    photos = max(feed.photos or feed.about_photos(), classifier.photos_of_fit)
    prefix = FrozenPrefix(backbone=backbone, store=store, reporter=reporter, photos=photos)
    if feed.indexed is None:
        n_classes = len(classifier.classes)
        with photo_errors():
            inputs = streamed_inputs(
                prefix, feed.open(None), groups, n_classes=n_classes, photos=None, label=_LABEL
            )
    else:
        rows = prefix.rows(feed.indexed.source, View(), groups=groups, cut=None, label=_LABEL)
        inputs = stored_inputs(feed.indexed, [rows.features])
    if (inputs.weights != 1).any():
        must = "be absent: each photo counts once"
        raise ConfigError(f"sample weights of {name}", "weights that differ from 1", must)
    return inputs
