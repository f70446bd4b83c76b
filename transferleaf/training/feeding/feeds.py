"""A feed: training data of any kind as batches ``(images, labels, weights)``.

Each feed can be read in order or shuffled. Files and arrays can also be read by index, so that
features are computed only once per photo.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from transferleaf.datasets.feeding import LabelForm
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.photos.errors import photo_errors
from transferleaf.errors import ClassMismatchError, ConfigError, Found
from transferleaf.features.photos import PhotoArray, PhotoFiles, PhotoSource
from transferleaf.features.store import FeatureStore
from transferleaf.training.feeding.labels import (
    checked_labels,
    class_shares,
    count_classes,
    label_encoder,
)
from transferleaf.training.feeding.pixel_values import (
    check_pixels,
    check_shape,
    images_array,
    looks_like_unit_range,
    plain_array,
)
from transferleaf.training.feeding.watched_streams import watched
from transferleaf.whole_numbers import whole_number

# The largest number in single precision, which losses use.
LARGEST_WEIGHT = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IndexedPhotos:
    """Labelled photos that can be read by index, in any order.

    Attributes:
        source: The photos.
        targets: Class distributions, shape ``(n, n_classes)``, float32; rows sum to 1.
        weights: Sample weights, shape ``(n,)``, float32.
        leaves: The leaf that each photo shows, if known.
    """

    source: PhotoSource
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]
    leaves: tuple[str | None, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Feed:
    """Batches of images and labels.

    Attributes:
        open: Given a seed, returns a ``tf.data.Dataset`` in the order of this seed; given ``None``,
            in a fixed order if the source has one. Elements are ``(images, labels)`` or ``(images,
            labels, weights)``; images are RGB in [0, 255], shape ``(batch, height, width, 3)``.
        steps: Number of batches, or ``None`` if unknown.
        batch_size: Photos per batch, or ``None`` if the source makes the batches.
        indexed: The photos by index, or ``None`` for a stream.
        subset: Given indices, returns a feed of only these photos. ``None`` if the photos are not
            files.
        unit_range: Whether the pixels seem to be in [0, 1].
    """

    open: Callable[[int | None], tf.data.Dataset]
    steps: int | None
    batch_size: int | None = None
    indexed: IndexedPhotos | None = None
    subset: Callable[[NDArray[np.int64]], Feed] | None = None
    unit_range: bool = False

    @property
    def photos(self) -> int | None:
        """The number of photos, or ``None`` if unknown."""
        return None if self.indexed is None else len(self.indexed.source)

    def about_photos(self) -> int:
        """The approximate number of photos; 0 if unknown."""
        return (self.steps or 0) * (self.batch_size or 32)

    def class_counts(self, n_classes: int) -> NDArray[np.int64]:
        """Return the photos per class, shape ``(n_classes,)``, each in its main class."""
        if self.indexed is None:
            return count_classes(self.open(None), n_classes)
        return np.bincount(self.indexed.targets.argmax(axis=1), minlength=n_classes)

    def fingerprint(self, store: FeatureStore) -> str | None:
        """Return a digest of photos, labels, weights and leaves, or ``None`` for a stream."""
        if self.indexed is None:
            return None
        digest = hashlib.sha256(b"".join(self.indexed.source.keys(store)))
        digest.update(self.indexed.targets.tobytes() + self.indexed.weights.tobytes())
        digest.update(repr(self.indexed.leaves).encode())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFormat:
    """The form of batches that a classifier takes.

    Attributes:
        classes: Class names, in the order of the outputs.
        image_size: Height and width to which photos are resized, in pixels.
        labels: Class indices, or one class distribution per photo.
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
    """Convert the data that the user passed to ``fit`` or ``evaluate`` to a feed.

    Args:
        x: A ``LeafDataset``; a batched ``tf.data.Dataset`` of images and labels, with or without
            sample weights; or images, shape ``(n, height, width, 3)``, RGB in [0, 255].
        y: Labels of the images: class indices ``(n,)`` or class distributions ``(n, n_classes)``.
        what: Name of the data in messages, such as ``"x"``.
        form: The form that the classifier takes.
        sample_weight: Weights of the images, shape ``(n,)``.
        batch_size: Photos per batch. Default: 32. A ``tf.data.Dataset`` has its own.

    Raises:
        ConfigError: The data has another type, or contains values that are not pixels or labels.
            For a stream, this is raised when a batch is read, inside ``with photo_errors():``.
        ClassMismatchError: A leaf data set has other classes than the classifier.
    """
    size = checked_batch_size(batch_size)
    if isinstance(x, (LeafDataset, tf.data.Dataset)):
        must = f"be absent: {what} is a {type(x).__name__}, which has its own"
        for option, given in (("y", y), ("sample_weight", sample_weight)):
            if given is not None:
                raise ConfigError(option, Found(type(given).__name__), must)
    if isinstance(x, LeafDataset):
        return _photo_feed(x, what, form, size)
    if isinstance(x, tf.data.Dataset):
        return _stream_feed(x, what, form)
    if isinstance(x, (str, PathLike)):
        must = (
            f"be photos with labels: {what} = transferleaf.open_leaves({str(x)!r}) opens a folder"
        )
        raise ConfigError(what, str(x), must)
    if y is None:
        must = "be a LeafDataset, a tf.data.Dataset, or images with labels in y"
        raise ConfigError(what, Found(type(x).__name__), must)
    images = images_array(x, what)
    return _array_feed(images, plain_array(y, f"labels of {what}"), sample_weight, what, form, size)


def open_validation(
    data: Any, *, form: FeedFormat, batch_size: int | None, what: str = "validation_data"
) -> Feed | None:
    """Convert the ``validation_data`` of ``fit`` to a feed; ``None`` stays ``None``.

    Args:
        data: The kinds of data that ``open_feed`` takes; arrays as a tuple ``(x, y)`` or
            ``(x, y, sample_weight)``.
        form: The form that the classifier takes.
        batch_size: Photos per batch. Default: 32.
        what: Name of the data in messages.
    """
    if data is None:
        return None
    x, y, weight = (*data, None, None)[:3] if isinstance(data, tuple) else (data, None, None)
    return open_feed(x, y, what=what, form=form, sample_weight=weight, batch_size=batch_size)


def checked_batch_size(batch_size: int | None) -> int:
    """Return the number of photos per batch. Default: 32.

    Raises:
        ConfigError: ``batch_size`` is not a whole number of at least 1.
    """
    return 32 if batch_size is None else whole_number("batch_size", batch_size, minimum=1)


def _photo_feed(data: LeafDataset, what: str, form: FeedFormat, batch_size: int) -> Feed:
    if set(data.classes) != set(form.classes):
        missing = [name for name in form.classes if name not in data.classes]
        unknown = [name for name in data.classes if name not in form.classes]
        common = len(missing) < len(form.classes)
        raise ClassMismatchError(what, missing=missing, unknown=unknown, some_in_common=common)
    if data.classes != form.classes:
        order = np.array([form.classes.index(name) for name in data.classes])
        data = replace(data, classes=form.classes, labels=order[data.labels])

    def read(seed: int | None) -> tf.data.Dataset:
        # A shuffled tf.data pipeline has an order that depends on how often it was read.
        ordered = data if seed is None else data.subset(photo_order(len(data), seed))
        return ordered.to_tf_dataset(form.image_size, batch_size=batch_size, labels=form.labels)

    indexed = IndexedPhotos(
        source=PhotoFiles(data.paths),
        targets=class_shares(data.labels, len(form.classes)),
        weights=np.ones(len(data), np.float32),
        leaves=data.leaves,
    )
    return Feed(
        open=read,
        steps=-(-len(data) // batch_size),
        batch_size=batch_size,
        indexed=indexed,
        subset=lambda rows: _photo_feed(data.subset(rows), what, form, batch_size),
    )


def _stream_feed(data: tf.data.Dataset, what: str, form: FeedFormat) -> Feed:
    n_classes = len(form.classes)
    labels = _checked_element(data.element_spec, what)
    if data.cardinality() == tf.data.INFINITE_CARDINALITY:
        must = "end; bound it with .take(number of batches)"
        raise ConfigError(what, Found("an infinite tf.data.Dataset"), must)
    encode = label_encoder(labels.shape, what, form=form.labels, n_classes=n_classes)
    a_batch = f"a batch of {what}"

    def check(images: NDArray[Any], labels: NDArray[Any], *weights: NDArray[Any]) -> None:
        check_pixels(images, a_batch)
        checked_labels(labels, a_batch, photos=len(images), n_classes=n_classes)
        for each in weights:
            _checked_weights(each, len(images), f"sample weights of {a_batch}")

    data = watched(data, check).map(encode, num_parallel_calls=tf.data.AUTOTUNE)
    with photo_errors():
        first = next(iter(data.take(1)), None)
    steps = int(data.cardinality())
    # The maker of a stream shuffles it, and only the maker knows the number of photos.
    return Feed(
        open=lambda _: data,
        steps=steps if steps >= 0 else None,
        unit_range=first is not None and looks_like_unit_range(np.asarray(first[0])),
    )


def _checked_element(spec: Any, what: str) -> tf.TensorSpec:
    """Return the type and shape of the labels of a stream.

    Raises:
        ConfigError: The elements are not batches of images and labels.
    """
    parts = spec if isinstance(spec, tuple) else ()
    if len(parts) not in (2, 3) or not all(isinstance(part, tf.TensorSpec) for part in parts):
        must = "give (images, labels) or (images, labels, sample weights), as tensors"
        types = [type(part).__name__ for part in parts] or type(spec).__name__
        raise ConfigError(what, Found(f"elements of {types}"), must)
    images, labels = parts[:2]
    if images.shape.rank != 4 or labels.shape.rank not in (1, 2):
        shapes = Found(f"images {images.shape} and labels {labels.shape}")
        must = "be batched, of known rank: images (batch, height, width, 3), labels (batch,)"
        raise ConfigError(what, shapes, must)
    check_shape(tuple(images.shape), what)
    if not (labels.dtype.is_integer or labels.dtype.is_floating or labels.dtype.is_bool):
        must = "be class indices or class distributions; .map() names to their numbers"
        raise ConfigError(f"labels of {what}", Found(f"type {labels.dtype.name}"), must)
    return labels


def _array_feed(
    x: NDArray[Any],
    y: NDArray[Any],
    weights: Any,
    what: str,
    form: FeedFormat,
    batch_size: int,
) -> Feed:
    n_classes = len(form.classes)
    y = checked_labels(y, what, photos=len(x), n_classes=n_classes)
    counts = None if weights is None else _array_weights(weights, len(x))
    parts = (x, y) if counts is None else (x, y, counts)
    encode = label_encoder(y.shape, what, form=form.labels, n_classes=n_classes)

    types = [tf.as_dtype(part.dtype) for part in parts]

    def gather(rows: Any) -> tuple[Any, ...]:
        # tf.constant would keep a second copy of the images in memory.
        taken = tf.numpy_function(lambda at: tuple(part[at] for part in parts), [rows], types)
        shaped = [
            tf.ensure_shape(value, (None, *part.shape[1:]))
            for value, part in zip(taken, parts, strict=True)
        ]
        return encode(*shaped)

    def read(seed: int | None) -> tf.data.Dataset:
        order = np.arange(len(x)) if seed is None else photo_order(len(x), seed)
        batches = tf.data.Dataset.from_tensor_slices(order).batch(batch_size)
        return batches.map(gather).prefetch(tf.data.AUTOTUNE)

    indexed = IndexedPhotos(
        source=PhotoArray(x),
        targets=class_shares(y, n_classes),
        weights=np.ones(len(x), np.float32) if counts is None else counts,
    )
    return Feed(
        open=read,
        steps=-(-len(x) // batch_size),
        batch_size=batch_size,
        indexed=indexed,
        unit_range=looks_like_unit_range(x),
    )


def photo_order(photos: int, seed: int) -> NDArray[np.int64]:
    """Return the indices of photos in the order that belongs to a seed."""
    return np.random.default_rng(seed).permutation(photos)


def _array_weights(weights: Any, photos: int) -> NDArray[np.float32]:
    checked = _checked_weights(weights, photos, "sample_weight")
    if not checked.any():
        raise ConfigError(
            "sample_weight", Found("all 0"), "give at least one image a weight above 0"
        )
    return checked


def _checked_weights(weights: Any, photos: int, what: str) -> NDArray[np.float32]:
    given = plain_array(weights, what)
    if given.shape != (photos,):
        raise ConfigError(what, Found(f"shape {given.shape}"), f"have shape ({photos},)")
    if given.dtype.kind not in "biuf":
        must = "be finite numbers of at least 0"
        raise ConfigError(what, Found(f"values of type {given.dtype}"), must)
    bad = given[~((given >= 0) & (given <= LARGEST_WEIGHT))]
    if bad.size:
        raise ConfigError(what, Found(f"with {bad[0]:g}"), "be finite numbers of at least 0")
    return given.astype(np.float32)
