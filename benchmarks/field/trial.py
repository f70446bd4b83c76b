"""One training on laboratory photos, and its accuracy on each set of test photos."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

import transferleaf as tl
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.photos import PhotoArray
from transferleaf.features.store import FeatureStore
from transferleaf.features.views import View
from transferleaf.freezing.feature_groups import feature_groups
from transferleaf.head.layers import read_head
from transferleaf.progress import Reporter
from transferleaf.reports.metrics import share_interval

Pixels = NDArray[np.uint8]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TestPhotos:
    """Photos to test on.

    Attributes:
        pixels: Shape ``(n, size, size, 3)``.
        labels: Class numbers, shape ``(n,)``.
        leaves: The leaf that each shows, or a number of its own.
    """

    pixels: Pixels
    labels: Numbers
    leaves: list[str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """What is trained on, and all that is tested on.

    Attributes:
        classes: Names of the classes.
        pixels: Laboratory photos, shape ``(n, size, size, 3)``.
        labels: Class numbers, shape ``(n,)``.
        tests: Test photos by name.
        facts: What the page says of the photos.
    """

    classes: tuple[str, ...]
    pixels: Pixels
    labels: Numbers
    tests: Mapping[str, TestPhotos]
    facts: dict[str, Any] = field(default_factory=dict)


def run(
    subject: Subject,
    augment: tl.Augmentation | None,
    *,
    pooling: str,
    views: int,
    cache: str,
) -> dict[str, Any]:
    """Solve a head on a frozen base and its views, and answer all test photos.

    Args:
        subject: The photos.
        augment: How laboratory photos are varied.
        pooling: ``"average"`` or ``"second-order"``.
        views: Varied views of each photo.
        cache: Folder of the store.
    """
    keras.utils.set_random_seed(0)
    classifier = tl.TransferClassifier(
        classes=subject.classes,
        backbone="efficientnet_lite0",
        image_size=subject.pixels.shape[1],
        freeze=tl.FreezePolicy.freeze_base(head_pooling=pooling, views=views),
        augment=augment,
    )
    begin = time.perf_counter()
    classifier.fit(subject.pixels, subject.labels, seed=0, cache=cache, verbose=0)
    seconds = time.perf_counter() - begin
    scores: dict[str, Any] = {"seconds": round(seconds, 1)}
    prefix = FrozenPrefix(
        backbone=classifier.backbone,
        store=FeatureStore(cache),
        reporter=Reporter(0),
        photos=sum(len(test.labels) for test in subject.tests.values()),
    )
    groups = feature_groups(classifier.freeze, classifier.backbone.describe())
    for name, test in subject.tests.items():
        # From the store, where the features of test photos are computed once for all trainings.
        source = PhotoArray(test.pixels)
        rows = prefix.rows(source, View(), groups=groups, cut=None, label=name).features
        answers = read_head(classifier).probabilities(rows.select(groups).read())
        right = answers.argmax(axis=1) == test.labels
        accuracy = share_interval(right, groups=test.leaves)
        scores[name] = {
            "photos": len(right),
            "right": int(right.sum()),
            "accuracy": round(accuracy.value, 4),
            "low": round(accuracy.low, 4),
            "high": round(accuracy.high, 4),
        }
    return scores
