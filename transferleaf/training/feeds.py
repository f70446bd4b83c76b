"""What a user may train on, as one thing: a feed of batches ``(images, labels, weights)``.

A feed can be read in order, for features that are computed once, and shuffled, for gradient steps.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import tensorflow as tf

from transferleaf.datasets.feeding import LabelForm
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import ClassMismatchError, ConfigError


class PixelRangeWarning(UserWarning):
    """Images look as if their pixels lay in [0, 1] instead of [0, 255]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Batches of images and labels.

    Attributes:
        open: Given a seed, returns a ``tf.data.Dataset`` that is reshuffled each time it is read;
            given ``None``, one in a fixed order where the source has one. Elements are
            ``(images, labels)`` or ``(images, labels, weights)``; images RGB in [0, 255], shape
            ``(batch, height, width, 3)``.
        photos: Number of photos, ``None`` where the source does not tell.
        steps: Number of batches, ``None`` where the source does not tell.
    """

    open: Callable[[int | None], tf.data.Dataset]
    photos: int | None
    steps: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFormat:
    """How a classifier wants its batches.

    Attributes:
        classes: Names of the classes, in the order of the classifier's outputs.
        image_size: Height and width that photos are resized to, in pixels.
        labels: Integer labels, or one row of class shares for each photo.
    """

    classes: tuple[str, ...]
    image_size: int
    labels: LabelForm


def open_feed(
    x: Any,
    y: Any = None,
    *,
    what: str,
    form: FeedFormat,
    sample_weight: Any = None,
    batch_size: int | None = None,
) -> Feed:
    """Turn what a user gave to ``fit`` or ``evaluate`` into a feed.

    Args:
        x: A ``LeafDataset``; a batched ``tf.data.Dataset`` of images and labels, with or without
            sample weights; or images, shape ``(n, height, width, 3)``, RGB in [0, 255].
        y: Labels of the images: class numbers ``(n,)`` or class shares ``(n, n_classes)``.
        what: What to call the data in messages, such as ``"x"``.
        form: What the classifier wants.
        sample_weight: How much each image counts, shape ``(n,)``.
        batch_size: Photos a batch; 32 where ``None``. A ``tf.data.Dataset`` has its own.

    Raises:
        ConfigError: The data is of another kind, or has labels of another shape.
        ClassMismatchError: A leaf data set has other classes than the classifier.
    """
    if isinstance(x, LeafDataset):
        _refuse(y, f"be absent: {what} is a LeafDataset, which has its own labels")
        return _photo_feed(x, what, form, batch_size or 32)
    if isinstance(x, tf.data.Dataset):
        _refuse(y, f"be absent: {what} is a tf.data.Dataset, which has its own labels")
        return _stream_feed(x, what, form)
    if y is None:
        must = "be a LeafDataset, a tf.data.Dataset, or images with labels in y"
        raise ConfigError(what, type(x).__name__, must)
    return _array_feed(np.asarray(x), np.asarray(y), sample_weight, what, form, batch_size or 32)


def open_validation(data: Any, *, form: FeedFormat, batch_size: int | None) -> Feed | None:
    """Turn the ``validation_data`` of ``fit`` into a feed; ``None`` stays ``None``.

    Args:
        data: The kinds of data that ``open_feed`` takes; arrays as a tuple ``(x, y)`` or
            ``(x, y, sample_weight)``.
        form: What the classifier wants.
        batch_size: Photos a batch; 32 where ``None``.
    """
    if data is None:
        return None
    x, y, weight = (*data, None, None)[:3] if isinstance(data, tuple) else (data, None, None)
    return open_feed(
        x, y, what="validation_data", form=form, sample_weight=weight, batch_size=batch_size
    )


def images_of(x: Any, *, form: FeedFormat, batch_size: int | None) -> Any:
    """Turn what a user gave to ``predict`` into what Keras' ``predict`` takes."""
    if isinstance(x, LeafDataset):
        photos = x.to_tf_dataset(form.image_size, batch_size=batch_size or 32)
        return photos.map(lambda images, _: images)
    if isinstance(x, np.ndarray):
        warn_if_unit_range(x)
    return x


def warn_if_unit_range(images: Any) -> None:
    """Warn where float images look as if their pixels lay in [0, 1]."""
    images = np.asarray(images)
    if images.dtype.kind == "f" and images.size and 0 < images.max() <= 1 and images.min() >= 0:
        warnings.warn(
            "the images look like [0, 1]; transferleaf takes RGB in [0, 255]: multiply them by 255",
            PixelRangeWarning,
            stacklevel=4,
        )


def _refuse(y: Any, must: str) -> None:
    if y is not None:
        raise ConfigError("y", type(y).__name__, must)


def _photo_feed(data: LeafDataset, what: str, form: FeedFormat, batch_size: int) -> Feed:
    if set(data.classes) != set(form.classes):
        missing = [name for name in form.classes if name not in data.classes]
        unknown = [name for name in data.classes if name not in form.classes]
        raise ClassMismatchError(what, missing=missing, unknown=unknown)
    if data.classes != form.classes:
        order = np.array([form.classes.index(name) for name in data.classes])
        data = replace(data, classes=form.classes, labels=order[data.labels])

    def read(seed: int | None) -> tf.data.Dataset:
        return data.to_tf_dataset(
            form.image_size, batch_size=batch_size, shuffle_seed=seed, labels=form.labels
        )

    return Feed(open=read, photos=len(data), steps=-(-len(data) // batch_size))


def _stream_feed(data: tf.data.Dataset, what: str, form: FeedFormat) -> Feed:
    spec = data.element_spec
    if not isinstance(spec, tuple) or len(spec) not in (2, 3):
        must = "give (images, labels) or (images, labels, sample weights)"
        raise ConfigError(what, spec, must)
    if data.cardinality() == tf.data.INFINITE_CARDINALITY:
        must = "end; bound it with .take(number of batches)"
        raise ConfigError(what, "an infinite tf.data.Dataset", must)
    data = data.map(_label_encoder(spec[1].shape, what, form), num_parallel_calls=tf.data.AUTOTUNE)
    for images, *_ in data.take(1):
        warn_if_unit_range(images)
    known = int(data.cardinality())
    # A stream is shuffled by who made it, and only its maker knows how many photos it holds.
    return Feed(open=lambda _: data, photos=None, steps=known if known >= 0 else None)


def _array_feed(
    x: np.ndarray[Any, Any],
    y: np.ndarray[Any, Any],
    weights: Any,
    what: str,
    form: FeedFormat,
    batch_size: int,
) -> Feed:
    if x.ndim != 4 or x.shape[-1] != 3:
        raise ConfigError(what, f"shape {x.shape}", "have shape (n, height, width, 3)")
    if len(y) != len(x):
        raise ConfigError("y", f"{len(y)} labels", f"have one label for each of {len(x)} images")
    warn_if_unit_range(x[:32])
    n_classes = len(form.classes)
    if y.ndim == 1 and len(y) and not (y.min() >= 0 and y.max() < n_classes):
        must = f"lie in [0, {n_classes}), the numbers of the classes"
        raise ConfigError(f"labels of {what}", f"{y.min()} to {y.max()}", must)
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    parts = (x, y) if weights is None else (x, y, np.asarray(weights, np.float32))
    encode = _label_encoder(y.shape, what, form)

    def read(seed: int | None) -> tf.data.Dataset:
        data = tf.data.Dataset.from_tensor_slices(parts)
        if seed is not None:
            data = data.shuffle(len(x), seed=seed)
        return data.batch(batch_size).map(encode).prefetch(tf.data.AUTOTUNE)

    return Feed(open=read, photos=len(x), steps=-(-len(x) // batch_size))


def _label_encoder(shape: Any, what: str, form: FeedFormat) -> Callable[..., tuple[Any, ...]]:
    """Return a function on batches that brings labels of ``shape`` into the wanted form."""
    n_classes = len(form.classes)
    one_hot = len(shape) == 2 and shape[1] != 1
    if one_hot and shape[1] not in (None, n_classes):
        must = f"have {n_classes} columns, one for each class"
        raise ConfigError(f"labels of {what}", f"shape {tuple(shape)}", must)

    def encode(images: Any, labels: Any, *weights: Any) -> tuple[Any, ...]:
        if one_hot and form.labels == "sparse":
            labels = tf.argmax(labels, axis=-1)
        elif not one_hot and form.labels == "one-hot":
            labels = tf.one_hot(tf.reshape(tf.cast(labels, tf.int64), [-1]), n_classes)
        elif one_hot:
            labels = tf.cast(labels, tf.float32)
        return (images, labels, *weights)

    return encode
