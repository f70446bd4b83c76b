"""The batches of each epoch. They depend only on seed and epoch, so any epoch can be repeated.

Batches contain stored outputs of the frozen stages, or photos for the whole network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from transferleaf.augmenting.augmentation import Augmentation
from transferleaf.datasets.feeding import LabelForm
from transferleaf.features.frozen import FrozenRows
from transferleaf.freezing.plan import small_epochs
from transferleaf.head.space import Floats
from transferleaf.training.feeding.feeds import Feed, IndexedPhotos
from transferleaf.training.feeding.labels import weighted_by_class


class Epochs(Protocol):
    """Creates batches for the tail of a network."""

    def train(self, epoch: int) -> tf.data.Dataset:
        """Return the batches ``(inputs, labels)`` or ``(inputs, labels, weights)`` of one epoch."""

    def validation(self) -> tf.data.Dataset | None:
        """Return the validation batches, in a fixed order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseEpochs:
    """The batches of a gradient phase.

    Attributes:
        cut: Index of the last stage whose outputs are stored; ``None`` if the batches are photos.
        usual: The batches.
        initial: The batches of the first epochs, if their photos are smaller.
    """

    cut: int | None
    usual: Epochs
    initial: Epochs | None = None

    def of_epoch(self, number: int, epochs: int) -> Epochs:
        """Return the batches of one epoch of the phase.

        Args:
            number: The epoch, from 0.
            epochs: Number of epochs of the phase.
        """
        if self.initial is not None and number < small_epochs(epochs):
            return self.initial
        return self.usual


def epoch_seed(seed: int, epoch: int) -> int:
    """Return the seed of one epoch, in [0, 2**31).

    >>> epoch_seed(7, 0) == epoch_seed(7, 0) != epoch_seed(7, 1)
    True
    """
    return int(np.random.SeedSequence([seed, epoch]).generate_state(1)[0]) % 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelEpochs:
    """Photos for the whole network, with new augmentation in each epoch.

    Attributes:
        feed: The training photos.
        validation_feed: The validation photos, if any.
        image_size: Height and width of the photos, in pixels.
        train_size: That of the training photos; ``image_size`` if ``None``.
        classes: Number of classes.
        class_weight: Weight of each class, shape ``(n_classes,)``, if any.
        augment: Augmentation of the training photos, if any.
        seed: Seed for order and augmentation.
    """

    feed: Feed
    validation_feed: Feed | None
    image_size: int
    classes: int
    class_weight: Floats | None
    augment: Augmentation | None
    seed: int
    train_size: int | None = None

    def train(self, epoch: int) -> tf.data.Dataset:
        """Return shuffled and augmented photos; see ``Epochs``."""
        seed = epoch_seed(self.seed, epoch)
        batches = self.feed.open(seed)
        if self.augment is not None:
            batches = self.augment.apply(batches, classes=self.classes, seed=seed)
        if self.class_weight is not None:
            batches = weighted_by_class(batches, self.class_weight)
        return _sized(batches, self.train_size or self.image_size)

    def validation(self) -> tf.data.Dataset | None:
        """Return the unchanged photos; see ``Epochs``."""
        if self.validation_feed is None:
            return None
        return _sized(self.validation_feed.open(None), self.image_size)


def _sized(batches: tf.data.Dataset, size: int) -> tf.data.Dataset:
    resize = keras.layers.Resizing(size, size, antialias=True, dtype="float32")
    fits = tuple(batches.element_spec[0].shape[1:3]) == (size, size)

    def sized(images: Any, *rest: Any) -> tuple[Any, ...]:
        return ({"photos": images if fits else resize(images)}, *rest)

    return batches.map(sized, num_parallel_calls=tf.data.AUTOTUNE).prefetch(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPhotos:
    """Photos and their stored outputs.

    Attributes:
        indexed: The photos.
        views: The stored outputs, one for each view.
    """

    indexed: IndexedPhotos
    views: Sequence[FrozenRows]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEpochs:
    """Stored outputs of the frozen stages. Nothing before the cut runs again.

    Attributes:
        photos: The training photos. Each epoch uses another view of each photo, starting from
            different views, so that an epoch contains all views and a photo is used equally often
            in each.
        validation_photos: The validation photos, if any.
        inputs: Names of the inputs of the tail: ``"stored_features"``, ``"map"``, or both.
        labels: The form of labels that the loss takes.
        class_weight: Weight of each class, shape ``(n_classes,)``, if any.
        batch_size: Photos per batch.
        seed: Seed for the order.
    """

    photos: StoredPhotos
    validation_photos: StoredPhotos | None
    inputs: Sequence[str]
    labels: LabelForm
    class_weight: Floats | None
    batch_size: int
    seed: int

    def train(self, epoch: int) -> tf.data.Dataset:
        """Return shuffled photos, each in its view for this epoch; see ``Epochs``."""
        n = len(self.photos.indexed.source)
        order = np.random.default_rng([self.seed, epoch]).permutation(n)
        view = (order + epoch) % len(self.photos.views)
        weights = self.photos.indexed.weights
        if self.class_weight is not None:
            weights = weights * self.class_weight[self.photos.indexed.targets.argmax(axis=1)]
        return self._batches(self.photos, order, view, weights)

    def validation(self) -> tf.data.Dataset | None:
        """Return the photos themselves, in order; see ``Epochs``."""
        if self.validation_photos is None:
            return None
        weights = self.validation_photos.indexed.weights
        order = np.arange(len(weights))
        return self._batches(self.validation_photos, order, np.zeros_like(order), weights)

    def _batches(
        self, photos: StoredPhotos, order: NDArray[Any], view: NDArray[Any], weights: Floats
    ) -> tf.data.Dataset:
        targets = photos.indexed.targets
        y = targets if self.labels == "one-hot" else targets.argmax(axis=1)
        weighted = bool((weights != 1).any())

        def read(rows: NDArray[Any], views: NDArray[Any]) -> tuple[NDArray[Any], ...]:
            return tuple(self._read(name, photos, rows, views) for name in self.inputs)

        def batch(rows: Any, views: Any) -> tuple[Any, ...]:
            types = [tf.float32] * len(self.inputs)
            values = tf.numpy_function(read, [rows, views], types)
            shaped = {
                name: tf.ensure_shape(value, (None, *self._shape(name, photos)))
                for name, value in zip(self.inputs, values, strict=True)
            }
            element = (shaped, tf.gather(y, rows))
            return (*element, tf.gather(weights, rows)) if weighted else element

        rows = tf.data.Dataset.from_tensor_slices((order, view)).batch(self.batch_size)
        return rows.map(batch, num_parallel_calls=2).prefetch(tf.data.AUTOTUNE)

    def _read(
        self, name: str, photos: StoredPhotos, rows: NDArray[Any], views: NDArray[Any]
    ) -> NDArray[np.float32]:
        values = np.empty((len(rows), *self._shape(name, photos)), np.float32)
        for view in np.unique(views):
            here = views == view
            stored = photos.views[view]
            if name == "stored_features":
                values[here] = stored.features.take(rows[here])
            elif stored.maps is not None:
                values[here] = stored.maps.take(rows[here])
        return values

    def _shape(self, name: str, photos: StoredPhotos) -> tuple[int, ...]:
        view = photos.views[0]
        if name == "stored_features" or view.maps is None:
            return view.features.shape[1:]
        return view.maps.shape[1:]
