"""Predictions for photo files with verdicts, from one pass over the photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from transferleaf.calibrating.calibrating import standardised
from transferleaf.calibrating.class_means import Floats
from transferleaf.calibrating.verdicts import verdicts
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.photo_paths import photo_paths
from transferleaf.freezing.feature_groups import feature_groups
from transferleaf.head.layers import read_head
from transferleaf.predictions import Predictions, Verdict, describe_predictions
from transferleaf.training.checks import check_trained
from transferleaf.training.predicting import features_of_each_file, predict_each_file
from transferleaf.whole_numbers import whole_number


def predict_photo_files(
    classifier: Any,
    paths: str | PathLike[str] | Sequence[str | PathLike[str]] | LeafDataset,
    *,
    top_k: int = 5,
    batch_size: int = 32,
) -> Predictions:
    """Predict the class of photo files.

    Args:
        classifier: A ``TransferClassifier``.
        paths: A path, a list of paths, or a ``LeafDataset``, whose labels are ignored.
        top_k: Number of most probable classes to return for each photo, at least 1.
        batch_size: Number of photos per batch. Many photos run on the compiled engine, which
            ignores it.

    Returns:
        A ``LeafPrediction`` for each path, in order, with a verdict that says whether to trust the
        prediction. If a file cannot be read as a photo, its prediction has an ``error`` and no
        label.

    Raises:
        ConfigError: ``paths`` are not paths in an order, or a number is too small.
        NotTrainedError: The classifier is not trained.
    """
    top_k = whole_number("top_k", top_k, minimum=1)
    batch_size = whole_number("batch_size", batch_size, minimum=1)
    photos = photo_paths(paths)
    if not photos:
        return Predictions()
    check_trained(classifier, "a prediction")
    found = answer_files(classifier, photos, batch_size=batch_size)
    return describe_predictions(
        photos,
        found.probabilities,
        found.reasons,
        classes=classifier.classes,
        top_k=top_k,
        verdicts=found.verdicts,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FileAnswers:
    """The predictions of a classifier for photo files.

    Attributes:
        probabilities: Class probabilities, shape ``(n, n_classes)``, float32, rows sum to 1.
        reasons: Why files cannot be read as photos, by index. Their rows are undefined.
        verdicts: The verdict of each prediction. ``None`` without calibration.
    """

    probabilities: Floats
    reasons: dict[int, str]
    verdicts: tuple[Verdict, ...] | None


def answer_files(classifier: Any, paths: Sequence[Path], *, batch_size: int) -> FileAnswers:
    """Run a ``TransferClassifier`` on photo files, at least one.

    Args:
        classifier: The classifier.
        paths: The files.
        batch_size: Photos per batch, if there are too few for a compiled engine.
    """
    backbone = classifier.backbone
    calibration, means = classifier.calibration, classifier.class_means
    groups = feature_groups(classifier.freeze, backbone.describe())
    if calibration is None or means is None:  # created from a config, without weights
        probabilities, reasons = predict_each_file(
            classifier, backbone, paths, groups=groups, batch_size=batch_size
        )
        return FileAnswers(probabilities=probabilities, reasons=reasons, verdicts=None)
    features, reasons = features_of_each_file(
        classifier, backbone, paths, groups=groups, batch_size=batch_size
    )
    head = read_head(classifier)
    probabilities = head.probabilities(features)
    judged = verdicts(
        calibration,
        means,
        features=standardised(head, features),
        probabilities=probabilities,
    )
    return FileAnswers(probabilities=probabilities, reasons=reasons, verdicts=judged)
