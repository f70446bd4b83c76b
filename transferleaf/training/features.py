"""The head's inputs for the photos of a feed, however they are obtained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from transferleaf.training.feeds import Feed, KnownPhotos
from transferleaf.training.frozen import FrozenPrefix
from transferleaf.training.head.solver import HeadProblem
from transferleaf.training.head.space import Floats
from transferleaf.training.labels import class_shares
from transferleaf.training.photos import resized


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeadInputs:
    """What a head learns from or is judged by.

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

    def part(self, rows: NDArray[Any]) -> HeadInputs:
        """Return the photos at ``rows``."""
        return HeadInputs(
            features=self.features[rows], targets=self.targets[rows], weights=self.weights[rows]
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


def joined(parts: Sequence[HeadInputs]) -> HeadInputs:
    """Return the photos of all ``parts``, in their order."""
    if len(parts) == 1:
        return parts[0]
    return HeadInputs(
        features=np.concatenate([part.features for part in parts]),
        targets=np.concatenate([part.targets for part in parts]),
        weights=np.concatenate([part.weights for part in parts]),
    )


def stored_inputs(known: KnownPhotos, pooled: Any, columns: NDArray[Any]) -> HeadInputs:
    """Read the head's inputs from the store.

    Args:
        known: The photos.
        pooled: Their stored averages of all stages.
        columns: Which of these the head looks at.
    """
    features = pooled.read()
    if len(columns) < features.shape[1]:
        features = features[:, columns]
    return HeadInputs(features=features, targets=known.targets, weights=known.weights)


def streamed_inputs(
    prefix: FrozenPrefix,
    batches: tf.data.Dataset,
    columns: NDArray[Any],
    *,
    feed: Feed,
    n_classes: int,
    label: str,
) -> HeadInputs:
    """Compute the head's inputs for batches that cannot be asked for again by position.

    Args:
        prefix: Computes averages of all stages.
        batches: Elements ``(images, labels)`` or ``(images, labels, weights)``; labels are class
            numbers or class shares.
        columns: Which of the averages the head looks at.
        feed: Where the batches come from.
        n_classes: Number of classes.
        label: What the progress bar says.
    """
    features, targets, weights = [], [], []

    def images_only() -> Iterator[NDArray[Any]]:
        for images, labels, *weight in batches:
            targets.append(class_shares(np.asarray(labels), n_classes))
            weights.append(np.asarray(weight[0] if weight else np.ones(len(images)), np.float32))
            yield resized(np.asarray(images), prefix.backbone.image_size)

    done = 0
    with prefix.reporter.bar(label, feed.photos) as move:
        for pooled in prefix.average(images_only(), photos=feed.photos or 0):
            features.append(pooled[:, columns])
            done += len(pooled)
            move(done)
    return HeadInputs(
        features=np.concatenate(features),
        targets=np.concatenate(targets),
        weights=np.concatenate(weights),
    )
