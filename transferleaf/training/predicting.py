"""Predictions for many photo files: the whole backbone on a compiled engine, then the head."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from transferleaf.backbones.backbone import Backbone
from transferleaf.datasets.reading import read_photos
from transferleaf.training.frozen import WORTH_COMPILING, FrozenPrefix, columns_of_stages
from transferleaf.training.head.layers import read_head
from transferleaf.training.reporting import Reporter
from transferleaf.training.store import FeatureStore


def worth_an_engine(photos: int) -> bool:
    """Whether a compiled engine, made for so many photos, saves more time than it takes."""
    return photos >= WORTH_COMPILING


def predict_files(
    classifier: keras.Model,
    backbone: Backbone,
    paths: Sequence[Path],
    *,
    head_stages: Sequence[int],
    reporter: Reporter,
) -> NDArray[np.float32]:
    """Return class probabilities of photo files, as Keras' ``predict`` does, up to rounding.

    Nothing is stored: photos to classify are seldom the same twice.

    Args:
        classifier: Has the head.
        backbone: Its backbone, with the weights it has now.
        paths: The files.
        head_stages: Positions of the stages that feed the head.
        reporter: Shows progress.

    Returns:
        Shape ``(n, n_classes)``, float32; rows sum to 1.

    Raises:
        PhotoError: A file cannot be read as a photo.
    """
    prefix = FrozenPrefix(backbone=backbone, store=FeatureStore(), reporter=reporter)
    head = read_head(classifier)
    columns = columns_of_stages(backbone, head_stages)
    images = read_photos(paths, backbone.image_size)
    found: list[Any] = []
    done = 0
    with reporter.bar("photos", len(paths)) as move:
        for averages in prefix.average(images, photos=len(paths)):
            found.append(head.probabilities(averages[:, columns]))
            done += len(averages)
            move(done)
    return np.concatenate(found)
