"""The head's inputs for the photos of a feed, however they are obtained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from transferleaf.errors import ConfigError, Found
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.outputs import StoredGroups
from transferleaf.features.photos import resized
from transferleaf.features.stored_features import StoredFeatures, part_of
from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.solver import HeadProblem
from transferleaf.head.space import Floats
from transferleaf.training.feeding.feeds import IndexedPhotos
from transferleaf.training.feeding.labels import class_shares


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeadInputs:
    """What a head learns from or is judged by.

    Attributes:
        features: What the head sees of its stages, shape ``(n, n_features)``; an array, or
            rows of the store.
        targets: Class shares, shape ``(n, n_classes)``; rows sum to 1.
        weights: Sample weights, shape ``(n,)``.
    """

    features: Floats | StoredFeatures
    targets: Floats
    weights: Floats

    def problem(self, class_weight: Floats | None = None) -> HeadProblem:
        """Return what the head solver takes, with classes weighted as told.

        Raises:
            ConfigError: No photo counts.
        """
        weights = self.weights
        if class_weight is not None:
            weights = weights * class_weight[self.targets.argmax(axis=1)]
        if not weights.any():  # of a stream that is not known before
            must = "let at least one photo count"
            raise ConfigError("sample and class weights", Found("all 0"), must)
        return HeadProblem(features=self.features, targets=self.targets, weights=weights)

    def part(self, rows: NDArray[Any] | slice) -> HeadInputs:
        """Return the photos at ``rows``."""
        return HeadInputs(
            features=part_of(self.features, rows),
            targets=self.targets[rows],
            weights=self.weights[rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeadPhotos:
    """The photos that a head is solved on.

    Attributes:
        learnt: The training photos in all their views.
        seen: The training photos as they are.
        unseen: The validation photos, if any.
    """

    learnt: HeadInputs
    seen: HeadInputs
    unseen: HeadInputs | None


def stored_inputs(indexed: IndexedPhotos, views: Sequence[StoredGroups]) -> HeadInputs:
    """Point to the head's inputs in the store, all views of the photos one after the other.

    Features stay there: they are the largest thing that a fit reads, and the solver holds a scaled
    copy of its own where memory is enough.

    Args:
        indexed: The photos.
        views: Their stored features, for each view.
    """
    return HeadInputs(
        features=StoredFeatures(views),
        targets=np.tile(indexed.targets, (len(views), 1)),
        weights=np.tile(indexed.weights, len(views)),
    )


def joined(parts: Sequence[HeadInputs]) -> HeadInputs:
    """Return the photos of all ``parts``, in their order."""
    if len(parts) == 1:
        return parts[0]
    return HeadInputs(
        features=np.concatenate([part.features[:] for part in parts]),
        targets=np.concatenate([part.targets for part in parts]),
        weights=np.concatenate([part.weights for part in parts]),
    )


def streamed_inputs(
    prefix: FrozenPrefix,
    batches: tf.data.Dataset,
    groups: Sequence[FeatureGroup],
    *,
    n_classes: int,
    photos: int | None,
    label: str,
) -> HeadInputs:
    """Compute the head's inputs for batches that cannot be asked for again by position.

    Args:
        prefix: Computes features.
        batches: Elements ``(images, labels)`` or ``(images, labels, weights)``; labels are class
            numbers or class shares.
        groups: What feeds the head.
        n_classes: Number of classes.
        photos: How many there are, where known.
        label: What the progress bar says.
    """
    features, targets, weights = [], [], []

    def images_only() -> Iterator[NDArray[Any]]:
        for images, labels, *weight in batches:
            targets.append(class_shares(np.asarray(labels), n_classes))
            weights.append(np.asarray(weight[0] if weight else np.ones(len(images)), np.float32))
            yield resized(np.asarray(images), prefix.backbone.image_size)

    done = 0
    with prefix.reporter.bar(label, photos) as move:
        for found in prefix.features(images_only(), groups):
            features.append(found)
            done += len(found)
            move(done)
    return HeadInputs(
        features=np.concatenate(features),
        targets=np.concatenate(targets),
        weights=np.concatenate(weights),
    )
