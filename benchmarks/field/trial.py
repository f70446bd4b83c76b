"""One training on laboratory photos, and its accuracy on each set of test photos."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import keras
import numpy as np
from numpy.typing import NDArray

import transferleaf as tl
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.photos import PhotoArray, PhotoFiles
from transferleaf.features.store import FeatureStore
from transferleaf.features.views import View
from transferleaf.freezing.feature_groups import FeatureGroup, feature_groups
from transferleaf.head.layers import read_head
from transferleaf.reports.metrics import share_interval
from transferleaf.text.progress import Reporter

Way: TypeAlias = Literal["average", "second-order", "leaf", "fine-tuned"]
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
        train: Laboratory photos.
        image_size: In pixels.
        tests: Test photos by name.
        facts: What the page says of the photos.
    """

    classes: tuple[str, ...]
    train: tl.LeafDataset
    image_size: int
    tests: Mapping[str, TestPhotos]
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """A trained classifier and the features of its head.

    Attributes:
        classifier: The classifier, trained on the photos of a subject.
        prefix: Computes and stores features.
        groups: The feature groups of the head.
    """

    classifier: tl.TransferClassifier
    prefix: FrozenPrefix
    groups: tuple[FeatureGroup, ...]

    @classmethod
    def of(
        cls,
        subject: Subject,
        augment: tl.Augmentation | None,
        *,
        way: Way,
        views: int,
        cache: str,
    ) -> Features:
        """Train a classifier; see ``run``."""
        keras.utils.set_random_seed(0)
        classifier = tl.TransferClassifier(
            classes=subject.classes,
            backbone="efficientnet_lite0",
            image_size=subject.image_size,
            freeze=_policy(way, views),
            augment=augment,
        )
        classifier.fit(subject.train, seed=0, cache=cache, verbose=0)
        prefix = FrozenPrefix(
            backbone=classifier.backbone,
            store=FeatureStore(cache),
            reporter=Reporter(0),
            photos=sum(len(test.labels) for test in subject.tests.values()),
        )
        groups = feature_groups(classifier.freeze, classifier.backbone.describe())
        return cls(classifier=classifier, prefix=prefix, groups=groups)

    def of_photos(self, photos: Pixels | tl.LeafDataset, view: View) -> NDArray[np.float32]:
        """Return features of photos, from the store if they were computed before."""
        source = (
            PhotoFiles(photos.paths) if isinstance(photos, tl.LeafDataset) else PhotoArray(photos)
        )
        rows = self.prefix.rows(source, view, groups=self.groups, cut=None, label="features")
        return rows.features.select(self.groups).read()


def _policy(way: Way, views: int) -> tl.FreezePolicy:
    if way == "fine-tuned":
        return tl.FreezePolicy.for_quadrant("I", views=views)
    if way == "leaf":
        return tl.FreezePolicy.freeze_base(head_region="leaf", views=views)
    return tl.FreezePolicy.freeze_base(head_pooling=way, views=views)


def run(
    subject: Subject,
    augment: tl.Augmentation | None,
    *,
    way: Way,
    views: int,
    cache: str,
) -> dict[str, Any]:
    """Train a classifier, and classify all test photos.

    Args:
        subject: The photos.
        augment: How laboratory photos are varied.
        way: A frozen base with a kind of features (``"leaf"``: second-order features over the
            leaf), or policy I with second-order features.
        views: Varied views of each photo.
        cache: Folder of the store.
    """
    begin = time.perf_counter()
    features = Features.of(subject, augment, way=way, views=views, cache=cache)
    scores: dict[str, Any] = {"seconds": round(time.perf_counter() - begin, 1)}
    for name, test in subject.tests.items():
        seen = features.of_photos(test.pixels, View())
        answers = read_head(features.classifier).probabilities(seen)
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
