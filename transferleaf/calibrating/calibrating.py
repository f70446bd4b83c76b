"""Calibrating a classifier on validation photos: temperature, threshold and class means at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from typing import Any

import numpy as np

from transferleaf.calibrating.calibration import Calibration
from transferleaf.calibrating.class_means import ClassMeans, Floats, farthest_known
from transferleaf.calibrating.selecting import sure_threshold
from transferleaf.datasets.photos.errors import photo_errors
from transferleaf.errors import ConfigError, EmptyClassError
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.store import FeatureStore
from transferleaf.features.views import View
from transferleaf.freezing.feature_groups import feature_groups
from transferleaf.head.layers import read_head, write_head
from transferleaf.head.solver import LinearHead
from transferleaf.progress import Reporter
from transferleaf.reports.temperature import fit_temperature, scaled
from transferleaf.training.checks import check_folder, check_trained
from transferleaf.training.feeding.feeds import Feed, FeedFormat, open_validation
from transferleaf.training.feeding.pixel_values import warn_of_unit_range
from transferleaf.training.phases.head_inputs import HeadInputs, stored_inputs, streamed_inputs

_LABEL = "calibrating"


def calibrate_on(
    classifier: Any,
    validation_data: Any,
    *,
    precision: float = 0.95,
    batch_size: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 1,
) -> Calibration:
    """Make a trained classifier honest about how sure it is.

    Afterwards its probabilities are calibrated, in every file and export too, and
    ``predict_photos`` gives each answer a verdict. ``fit`` forgets it.

    Args:
        classifier: A ``TransferClassifier``; keeps the temperature in its head, the rest in
            ``calibration``.
        validation_data: Photos that it did not learn from, of every class; the kinds of data that
            ``fit`` takes.
        precision: The share of right answers that "sure" is to mean, in (0, 1).
        batch_size: Photos a batch; 32 where ``None``.
        cache: Folder of the store of features; see ``fit``.
        verbose: 0 for silence.

    Raises:
        ConfigError: An option or the data is of a kind that cannot work.
        NotTrainedError: The classifier was never trained.
        ClassMismatchError: The data's classes differ from the classifier's.
        EmptyClassError: A class has no validation photos.
        BadPhotosError: Photos cannot be read.
    """
    if not isinstance(precision, float) or not 0 < precision < 1:
        raise ConfigError("precision", precision, "be a number between 0 and 1, such as 0.95")
    check_folder("cache", cache)
    check_trained(classifier, "a calibration")
    form = FeedFormat(classes=classifier.classes, image_size=classifier.image_size, labels="sparse")
    feed = open_validation(validation_data, form=form, batch_size=batch_size)
    if feed is None:
        raise ConfigError("validation_data", None, "be photos with labels")
    warn_of_unit_range(validation_data=feed.unit_range)
    reporter = Reporter(verbose)
    inputs = _inputs(classifier, feed, FeatureStore(cache), reporter)
    leaves = None if feed.known is None else feed.known.leaves
    calibration, head, means = calibration_of_head(
        read_head(classifier), inputs, leaves, before=classifier.calibration, precision=precision
    )
    write_head(classifier, head)
    classifier.class_means, classifier.calibration = means, calibration
    reporter.say(str(calibration))
    return calibration


def calibration_of_head(
    head: LinearHead,
    inputs: HeadInputs,
    leaves: Sequence[str | None] | None,
    *,
    before: Calibration | None,
    precision: float,
) -> tuple[Calibration, LinearHead, ClassMeans]:
    """Calibrate a head on features of validation photos.

    Args:
        head: As it is now.
        inputs: The validation photos.
        leaves: The leaf that each of them shows, where known.
        before: The calibration whose temperature ``head`` holds; ``None`` where it holds none.
        precision: The share of right answers that "sure" is to mean, in (0, 1).

    Returns:
        The calibration, the head with its temperature, and the class means.

    Raises:
        EmptyClassError: A class has no photos.
    """
    labels = inputs.targets.argmax(axis=1)
    counts = np.bincount(labels, minlength=inputs.targets.shape[1])
    if (counts == 0).any():
        raise EmptyClassError(counts.tolist())
    # Always from the uncalibrated head, so that calibrating twice is calibrating once.
    plain = head if before is None else _divided(head, 1 / before.temperature)
    probabilities = plain.probabilities(inputs.features)
    right = probabilities.argmax(axis=1) == labels
    # Without a mistake the best temperature is 0: nothing tells how sure is too sure.
    temperature = 1.0 if right.all() else fit_temperature(probabilities, labels)
    confidence = scaled(probabilities, temperature).max(axis=1)
    threshold = sure_threshold(confidence, right, precision=precision)
    sure = confidence >= (np.inf if threshold is None else threshold)
    features = standardised(head, inputs.features[:])
    means = ClassMeans.of(features, labels, classes=len(counts))
    calibration = Calibration(
        temperature=temperature,
        precision=precision,
        threshold=threshold,
        coverage=float(sure.mean()),
        accuracy=float(right[sure].mean()) if sure.any() else None,
        farthest=farthest_known(means.distances_of_others(features, labels, leaves)),
        photos=len(labels),
    )
    return calibration, _divided(plain, temperature), means


def standardised(head: LinearHead, features: Floats) -> Floats:
    """What the class means are compared with: features as the head's kernel sees them."""
    return head.scaling.apply(features)


def _divided(head: LinearHead, temperature: float) -> LinearHead:
    divisor = np.float32(temperature)
    return replace(head, kernel=head.kernel / divisor, bias=head.bias / divisor)


def _inputs(classifier: Any, feed: Feed, store: FeatureStore, reporter: Reporter) -> HeadInputs:
    backbone = classifier.backbone
    groups = feature_groups(classifier.freeze, backbone.describe())
    # As many as the fit's: that its features are stored, or no longer, must not matter.
    photos = max(feed.photos or feed.about_photos(), classifier.photos_of_fit)
    prefix = FrozenPrefix(backbone=backbone, store=store, reporter=reporter, photos=photos)
    if feed.known is None:
        n_classes = len(classifier.classes)
        with photo_errors():
            inputs = streamed_inputs(
                prefix, feed.open(None), groups, n_classes=n_classes, photos=None, label=_LABEL
            )
    else:
        rows = prefix.rows(feed.known.source, View(), groups=groups, cut=None, label=_LABEL)
        inputs = stored_inputs(feed.known, [rows.features])
    if (inputs.weights != 1).any():
        must = "be absent: each validation photo counts once"
        raise ConfigError("sample weights of validation_data", "weights that differ from 1", must)
    return inputs
