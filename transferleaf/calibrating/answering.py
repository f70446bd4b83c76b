"""Answers for photo files with verdicts: one look at each photo gives both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from transferleaf.calibrating.calibrating import standardised
from transferleaf.calibrating.class_means import Floats
from transferleaf.calibrating.verdicts import verdicts
from transferleaf.errors import ConfigError
from transferleaf.freezing.feature_groups import feature_groups
from transferleaf.head.layers import read_head
from transferleaf.predictions import Predictions, Verdict, describe_predictions
from transferleaf.training.predicting import features_of_each_file, predict_each_file


def predict_photo_files(
    classifier: Any,
    paths: str | PathLike[str] | Sequence[str | PathLike[str]],
    *,
    top_k: int = 5,
    batch_size: int = 32,
) -> Predictions:
    """Classify photo files.

    Args:
        classifier: A ``TransferClassifier``.
        paths: One path or several.
        top_k: How many of the most probable classes to name, at least 1.
        batch_size: Photos a batch, where there are too few for the compiled engine.

    Returns:
        One prediction for each path, in order; that of a file that is no photo has an ``error`` in
        place of a label. The verdict of each says whether to trust it.

    Raises:
        ConfigError: ``top_k`` is no whole number of at least 1.
    """
    if not isinstance(top_k, int) or top_k < 1:
        raise ConfigError("top_k", top_k, "be a whole number of at least 1")
    several = [paths] if isinstance(paths, (str, PathLike)) else paths
    photos = [Path(path) for path in several]
    if not photos:
        return Predictions()
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
    """What a classifier says of photo files.

    Attributes:
        probabilities: Shape ``(n, n_classes)``, float32, rows sum to 1.
        reasons: Why files cannot be read as photos, by position; their rows mean nothing.
        verdicts: Whether to trust each answer; ``None`` without calibration.
    """

    probabilities: Floats
    reasons: dict[int, str]
    verdicts: tuple[Verdict, ...] | None


def answer_files(classifier: Any, paths: Sequence[Path], *, batch_size: int) -> FileAnswers:
    """Ask a ``TransferClassifier`` about photo files, at least one.

    Args:
        classifier: Is asked.
        paths: The files.
        batch_size: Photos a batch, where there are too few for a compiled engine.
    """
    backbone = classifier.backbone
    calibration, means = classifier.calibration, classifier.class_means
    groups = feature_groups(classifier.freeze, backbone.describe())
    if calibration is None or means is None:  # rebuilt from a config, without weights
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
