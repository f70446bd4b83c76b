"""Conversion of labels to the form that a loss takes, with checks and class weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from transferleaf.datasets.feeding import LabelForm
from transferleaf.datasets.photos.errors import photo_errors
from transferleaf.errors import ConfigError, Found

# Tolerance of the sum of a class distribution, about the rounding error of half precision.
_SUM_TOLERANCE = 1e-3


def checked_labels(y: NDArray[Any], what: str, *, photos: int, n_classes: int) -> NDArray[Any]:
    """Return the labels of some images as class indices ``(n,)`` or class distributions.

    Raises:
        ConfigError: There are too few labels, they are not class indices, or they are out of range.
    """
    option = f"labels of {what}"
    if not y.ndim or len(y) != photos:
        must = f"be one for each of {photos} images"
        raise ConfigError(option, Found(f"shape {y.shape}"), must)
    if y.dtype.kind in "US" or (y.dtype == object and any(isinstance(n, str) for n in y.flat)):
        must = f"be class indices: [classifier.classes.index(name) for name in {_variable(what)}]"
        raise ConfigError(option, y[:3].tolist(), must)
    if y.dtype.kind not in "biuf":
        raise ConfigError(
            option, y[:3].tolist(), "be class indices, or one class distribution per image"
        )
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if y.ndim == 2 and y.shape[1] == n_classes:
        # Written so that NaN fails.
        good = (y >= 0).all(axis=1) & (np.abs(y.sum(axis=1) - 1) <= _SUM_TOLERANCE)
        if not good.all():
            wrong = y[np.flatnonzero(~good)[0]].tolist()
            raise ConfigError(option, wrong, "be class distributions that sum to 1 per image")
        return y
    if y.ndim != 1:
        must = f"have {n_classes} columns, one for each class"
        raise ConfigError(option, Found(f"shape {y.shape}"), must)
    if (y != np.floor(y)).any():
        raise ConfigError(
            option, y[:3].tolist(), "be class indices, or one class distribution per image"
        )
    if len(y) and not (y.min() >= 0 and y.max() < n_classes):
        must = f"be in [0, {n_classes}), the class indices"
        raise ConfigError(option, Found(f"{y.min():g} to {y.max():g}"), must)
    return y.astype(np.int64)


def _variable(what: str) -> str:
    return "y" if what == "x" else "labels"


def class_shares(labels: NDArray[Any], n_classes: int) -> NDArray[np.float32]:
    """Convert checked labels of a batch to class distributions, ``(batch, n_classes)``."""
    if labels.ndim == 2 and labels.shape[1] == n_classes:
        return labels.astype(np.float32)
    return np.eye(n_classes, dtype=np.float32)[labels.reshape(-1).astype(int)]


def label_encoder(
    shape: Any, what: str, *, form: LabelForm, n_classes: int
) -> Callable[..., tuple[Any, ...]]:
    """Return a function that converts batches of labels with a given shape to the requested form.

    Raises:
        ConfigError: The number of columns differs from the number of classes.
    """
    one_hot = len(shape) == 2 and shape[1] != 1
    if one_hot and shape[1] not in (None, n_classes):
        must = f"have {n_classes} columns, one for each class"
        raise ConfigError(f"labels of {what}", Found(f"shape {tuple(shape)}"), must)

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

    Keras' ``fit`` has an argument for this, but it refuses batches that have sample weights.
    """

    def weigh(images: Any, labels: Any, *given: Any) -> tuple[Any, Any, Any]:
        main = tf.argmax(labels, axis=-1) if len(labels.shape) == 2 else labels
        weight = tf.gather(tf.constant(weights), tf.cast(main, tf.int64))
        return images, labels, weight * tf.cast(given[0], tf.float32) if given else weight

    return batches.map(weigh)


def count_classes(batches: tf.data.Dataset, n_classes: int) -> NDArray[np.int64]:
    """Return the photos per class, ``(n_classes,)``; a photo counts for its main class."""
    counts = np.zeros(n_classes, np.int64)
    with photo_errors():
        for labels in batches.map(lambda images, labels, *weights: labels):
            main = class_shares(np.asarray(labels), n_classes).argmax(axis=1)
            counts += np.bincount(main, minlength=n_classes)
    return counts
