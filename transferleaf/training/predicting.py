"""Answers for many photo files: the whole backbone runs on a compiled engine, then the head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from transferleaf.backbones.backbone import Backbone
from transferleaf.datasets.feeding import LabelForm
from transferleaf.datasets.reading import read_photos
from transferleaf.training.features import HeadInputs
from transferleaf.training.feeds import KnownPhotos
from transferleaf.training.frozen import WORTH_COMPILING, FrozenPrefix
from transferleaf.training.head.layers import read_head
from transferleaf.training.head.phase import compiled_results
from transferleaf.training.head.space import Floats
from transferleaf.training.reporting import Reporter
from transferleaf.training.store import FeatureStore


def worth_an_engine(photos: int, options: Mapping[str, Any]) -> bool:
    """Whether to make a compiled engine for so many photos.

    Args:
        photos: How many; few are answered before an engine is made.
        options: What was asked of Keras besides; most of it only Keras can do.
    """
    return photos >= WORTH_COMPILING and options.keys() <= {"verbose", "return_dict"}


def predict_files(
    classifier: keras.Model,
    backbone: Backbone,
    paths: Sequence[Path],
    *,
    head_stages: Sequence[int],
    verbose: Any,
) -> Floats:
    """Return class probabilities of photo files, as Keras' ``predict`` does, up to rounding.

    Nothing is stored: photos to classify are seldom the same twice.

    Args:
        classifier: Has the head.
        backbone: Its backbone, with the weights it has now.
        paths: The files.
        head_stages: Positions of the stages that feed the head.
        verbose: 0 for silence, anything else for a progress bar.

    Returns:
        Shape ``(n, n_classes)``, float32; rows sum to 1.

    Raises:
        PhotoError: A file cannot be read as a photo.
    """
    features = _features(backbone, paths, head_stages, verbose)
    return read_head(classifier).probabilities(features)


def evaluate_files(
    classifier: keras.Model,
    backbone: Backbone,
    photos: KnownPhotos,
    paths: Sequence[Path],
    *,
    head_stages: Sequence[int],
    labels: LabelForm,
    verbose: Any,
) -> dict[str, float]:
    """Return loss and metrics on photo files, as Keras' ``evaluate`` does, up to rounding.

    Args:
        classifier: Compiled; has the head.
        backbone: Its backbone, with the weights it has now.
        photos: What is known of the photos.
        paths: Their files.
        head_stages: Positions of the stages that feed the head.
        labels: The form of labels that the loss takes.
        verbose: 0 for silence, anything else for a progress bar.

    Raises:
        PhotoError: A file cannot be read as a photo.
    """
    features = _features(backbone, paths, head_stages, verbose)
    inputs = HeadInputs(features=features, targets=photos.targets, weights=photos.weights)
    return compiled_results(classifier, read_head(classifier), inputs, labels)


def _features(
    backbone: Backbone, paths: Sequence[Path], head_stages: Sequence[int], verbose: Any
) -> Floats:
    reporter = Reporter(0 if verbose == 0 else 1)
    prefix = FrozenPrefix(
        backbone=backbone, store=FeatureStore(), reporter=reporter, photos=len(paths)
    )
    images = read_photos(paths, backbone.image_size)
    widths = [int(backbone.model.outputs[stage].shape[-1]) for stage in head_stages]
    found = np.empty((len(paths), sum(widths)), np.float32)
    done = 0
    with reporter.bar("photos", len(paths)) as move:
        for averages in prefix.average(images, head_stages):
            found[done : done + len(averages)] = averages
            done += len(averages)
            move(done)
    return found
