"""Labels in the form a loss takes: checked, turned into numbers or shares, weighted by class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from transferleaf.datasets.feeding import LabelForm
from transferleaf.errors import ConfigError


def checked_labels(y: NDArray[Any], what: str, *, photos: int, n_classes: int) -> NDArray[Any]:
    """Return the labels of an array of images as class numbers ``(n,)`` or shares.

    Raises:
        ConfigError: There are too few, they are no class numbers, or out of range.
    """
    option = f"labels of {what}"
    if len(y) != photos:
        raise ConfigError("y", f"{len(y)} labels", f"have one label for each of {photos} images")
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if y.ndim == 2 and y.shape[1] == n_classes:
        if not (y >= 0).all() or not np.allclose(y.sum(axis=1), 1, atol=1e-3):
            raise ConfigError(option, y[0].tolist(), "be shares of classes that sum to 1 a photo")
        return y
    if y.ndim != 1:
        must = f"have {n_classes} columns, one for each class"
        raise ConfigError(option, f"shape {y.shape}", must)
    if y.dtype.kind in "US" or (y.dtype == object and any(isinstance(name, str) for name in y)):
        must = f"be class numbers: [classifier.classes.index(name) for name in {_variable(what)}]"
        raise ConfigError(option, y[:3].tolist(), must)
    if y.dtype.kind not in "biuf" or (y != np.floor(y)).any():
        raise ConfigError(option, y[:3].tolist(), "be class numbers, or a row of class shares each")
    if len(y) and not (y.min() >= 0 and y.max() < n_classes):
        must = f"lie in [0, {n_classes}), the numbers of the classes"
        raise ConfigError(option, f"{y.min()} to {y.max()}", must)
    return y.astype(np.int64)


def _variable(what: str) -> str:
    return "y" if what == "x" else "labels"


def class_shares(labels: NDArray[Any], n_classes: int) -> NDArray[np.float32]:
    """Turn the labels of a batch into class shares, shape ``(batch, n_classes)``.

    Raises:
        ConfigError: A class number is out of range.
    """
    if labels.ndim == 2 and labels.shape[1] == n_classes:
        if not (labels.sum(axis=1) > 0).all():
            must = f"lie in [0, {n_classes}), the numbers of the classes"
            raise ConfigError("labels", "a number of no class", must)
        return labels.astype(np.float32)
    numbers = labels.reshape(-1)
    checked_labels(numbers, "the data", photos=len(numbers), n_classes=n_classes)
    return np.eye(n_classes, dtype=np.float32)[numbers.astype(int)]


def label_encoder(
    shape: Any, what: str, *, form: LabelForm, n_classes: int
) -> Callable[..., tuple[Any, ...]]:
    """Return a function on batches that brings labels of ``shape`` into the wanted form.

    Raises:
        ConfigError: The labels have another number of columns than there are classes.
    """
    one_hot = len(shape) == 2 and shape[1] != 1
    if one_hot and shape[1] not in (None, n_classes):
        must = f"have {n_classes} columns, one for each class"
        raise ConfigError(f"labels of {what}", f"shape {tuple(shape)}", must)

    def encode(images: Any, labels: Any, *weights: Any) -> tuple[Any, ...]:
        if one_hot and form == "sparse":
            labels = tf.argmax(labels, axis=-1)
        elif not one_hot and form == "one-hot":
            labels = tf.one_hot(tf.reshape(tf.cast(labels, tf.int64), [-1]), n_classes)
        elif one_hot:
            labels = tf.cast(labels, tf.float32)
        else:
            labels = tf.reshape(labels, [-1])
        return (images, labels, *weights)

    return encode


def weighted_by_class(batches: tf.data.Dataset, weights: NDArray[np.float32]) -> tf.data.Dataset:
    """Multiply the sample weights of batches by the weight of each photo's main class.

    Keras' ``fit`` has an argument for it, which refuses batches that have sample weights.
    """

    def weigh(images: Any, labels: Any, *given: Any) -> tuple[Any, Any, Any]:
        main = tf.argmax(labels, axis=-1) if len(labels.shape) == 2 else labels
        weight = tf.gather(tf.constant(weights), tf.cast(main, tf.int64))
        return images, labels, weight * tf.cast(given[0], tf.float32) if given else weight

    return batches.map(weigh)


def count_classes(batches: tf.data.Dataset, n_classes: int) -> NDArray[np.int64]:
    """Photos of each class in ``batches``, ``(n_classes,)``; a photo counts for its main class."""
    counts = np.zeros(n_classes, np.int64)
    for labels in batches.map(lambda images, labels, *weights: labels):
        main = class_shares(np.asarray(labels), n_classes).argmax(axis=1)
        counts += np.bincount(main, minlength=n_classes)
    return counts
