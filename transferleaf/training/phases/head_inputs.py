"""The features, labels and weights of the photos of a feed, as inputs for the head."""

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
    """Training or validation data of a head.

    Attributes:
        features: Features of the photos, shape ``(n, n_features)``: an array, or rows of the store.
        targets: Class distributions, shape ``(n, n_classes)``; rows sum to 1.
        weights: Sample weights, shape ``(n,)``.
        scenes: Whether each row is a composed field scene, shape ``(n,)``. ``None``: none is.
    """

    features: Floats | StoredFeatures
    targets: Floats
    weights: Floats
    scenes: NDArray[np.bool_] | None = None

    def problem(self, class_weight: Floats | None = None, *, domains: int = 1) -> HeadProblem:
        """Return the input of the head solver, with class weights applied.

        Args:
            class_weight: Weight of each class, shape ``(n_classes,)``, if any.
            domains: 2 if the head distinguishes photos from field scenes.

        Raises:
            ConfigError: All weights are 0.
        """
        weights = self.weights
        if class_weight is not None:
            weights = weights * class_weight[self.targets.argmax(axis=1)]
        if not weights.any():  # for a stream, this is not known earlier
            must = "give at least one photo a weight above 0"
            raise ConfigError("sample and class weights", Found("all 0"), must)
        if domains == 1:
            return HeadProblem(features=self.features, targets=self.targets, weights=weights)
        scenes = np.zeros(len(weights), bool) if self.scenes is None else self.scenes
        composed = scenes[:, np.newaxis]
        return HeadProblem(
            features=self.features,
            targets=np.concatenate([self.targets * ~composed, self.targets * composed], axis=1),
            weights=_balanced(weights, scenes),
            domains=domains,
        )

    def part(self, rows: NDArray[Any] | slice) -> HeadInputs:
        """Return the photos with the indices ``rows``."""
        return HeadInputs(
            features=part_of(self.features, rows),
            targets=self.targets[rows],
            weights=self.weights[rows],
            scenes=None if self.scenes is None else self.scenes[rows],
        )


def _balanced(weights: Floats, scenes: NDArray[np.bool_]) -> Floats:
    """Give photos the same total weight as scenes, of which there are several per photo.

    Otherwise, the head and its L2 strength would be those for the scenes.
    """
    photos, composed = weights[~scenes].sum(), weights[scenes].sum()
    if not photos or not composed:
        return weights
    return np.where(scenes, weights, weights * (composed / photos)).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeadPhotos:
    """The photos for solving and validating a head.

    Attributes:
        learnt: The training photos in all views.
        seen: The training photos without augmentation.
        unseen: The validation photos, if any.
    """

    learnt: HeadInputs
    seen: HeadInputs
    unseen: HeadInputs | None


def stored_inputs(
    indexed: IndexedPhotos, views: Sequence[StoredGroups], *, scenes: Sequence[bool] = (False,)
) -> HeadInputs:
    """Return the stored inputs of the head, all views of the photos one after the other.

    The features are not loaded: they are the largest data of a fit, and the solver holds a scaled
    copy in memory if there is enough.

    Args:
        indexed: The photos.
        views: The stored features of each view.
        scenes: Whether each view consists of field scenes.
    """
    return HeadInputs(
        features=StoredFeatures(views),
        targets=np.tile(indexed.targets, (len(views), 1)),
        weights=np.tile(indexed.weights, len(views)),
        scenes=np.repeat(np.array(scenes), len(indexed.targets)),
    )


def joined(parts: Sequence[HeadInputs], *, scenes: Sequence[bool] = ()) -> HeadInputs:
    """Return the photos of all ``parts``, in their order.

    Args:
        parts: The parts.
        scenes: Whether each part consists of field scenes. Default: none does.
    """
    if len(parts) == 1:
        return parts[0]
    return HeadInputs(
        features=np.concatenate([part.features[:] for part in parts]),
        targets=np.concatenate([part.targets for part in parts]),
        weights=np.concatenate([part.weights for part in parts]),
        scenes=np.repeat(
            list(scenes) or [False] * len(parts), [len(part.targets) for part in parts]
        ),
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
    """Compute the inputs of the head for batches that cannot be read again by index.

    Args:
        prefix: Computes features.
        batches: Elements ``(images, labels)`` or ``(images, labels, weights)``. Labels are class
            indices or class distributions.
        groups: The feature groups of the head.
        n_classes: Number of classes.
        photos: Number of photos, if known.
        label: Label of the progress bar.
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
