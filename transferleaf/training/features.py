"""Features that are computed once: one pass of the frozen network over the photos."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from transferleaf.training.feeds import Feed
from transferleaf.training.head_solver import Floats, HeadProblem
from transferleaf.training.labels import class_shares


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredFeatures:
    """The head's inputs for the photos of one feed.

    Attributes:
        features: Averaged outputs of the head's stages, shape ``(n, n_features)``.
        targets: Class shares, shape ``(n, n_classes)``; rows sum to 1.
        weights: Sample weights, shape ``(n,)``.
    """

    features: Floats
    targets: Floats
    weights: Floats

    def problem(self, class_weight: Floats | None = None) -> HeadProblem:
        """Return what the head solver takes, with classes weighted as told."""
        weights = self.weights
        if class_weight is not None:
            weights = weights * class_weight[self.targets.argmax(axis=1)]
        return HeadProblem(features=self.features, targets=self.targets, weights=weights)

    def joined(self, other: StoredFeatures) -> StoredFeatures:
        """Return the photos of both."""
        return StoredFeatures(
            features=np.concatenate([self.features, other.features]),
            targets=np.concatenate([self.targets, other.targets]),
            weights=np.concatenate([self.weights, other.weights]),
        )

    def part(self, rows: np.ndarray[Any, Any]) -> StoredFeatures:
        """Return the photos at ``rows``."""
        return StoredFeatures(
            features=self.features[rows], targets=self.targets[rows], weights=self.weights[rows]
        )


def feature_model(classifier: keras.Model) -> keras.Model:
    """The part of a classifier from pixels to the head's inputs; layers are shared."""
    return keras.Model(classifier.input, classifier.get_layer("standardize").input)


def compute_features(
    network: keras.Model,
    batches: tf.data.Dataset,
    *,
    n_classes: int,
    on_batch: Callable[[int], None],
) -> StoredFeatures:
    """Run ``network`` once over ``batches``, in inference mode.

    Args:
        network: From images to features; see ``feature_model``.
        batches: Elements ``(images, labels)`` or ``(images, labels, weights)``; labels are class
            numbers or class shares.
        n_classes: Number of classes.
        on_batch: Called with the number of batches done.
    """

    @tf.function(reduce_retracing=True)
    def forward(images: Any) -> Any:
        return network(images, training=False)

    features, targets, weights = [], [], []
    for done, (images, labels, *weight) in enumerate(batches, start=1):
        features.append(np.asarray(forward(images), np.float32))
        targets.append(class_shares(np.asarray(labels), n_classes))
        weights.append(np.asarray(weight[0] if weight else np.ones(len(images)), np.float32))
        on_batch(done)
    return StoredFeatures(
        features=np.concatenate(features),
        targets=np.concatenate(targets),
        weights=np.concatenate(weights),
    )


def count_classes(feed: Feed, n_classes: int) -> np.ndarray[Any, Any]:
    """Photos of each class in ``feed``, shape ``(n_classes,)``; a photo counts for its main one."""
    counts = np.zeros(n_classes, int)
    if feed.labels is not None:
        return np.bincount(feed.labels, minlength=n_classes)
    for labels in feed.open(None).map(lambda images, labels, *weights: labels):
        main = class_shares(np.asarray(labels), n_classes).argmax(axis=1)
        counts += np.bincount(main, minlength=n_classes)
    return counts
