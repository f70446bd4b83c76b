"""What a user may train on, as one thing: a feed of batches ``(images, labels, weights)``.

A feed can be read in order or shuffled; files and arrays can also be asked for by position, which
is what lets a photo be computed once.
"""

from __future__ import annotations

import hashlib
import warnings
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
from transferleaf.errors import ClassMismatchError, ConfigError
from transferleaf.features.photos import PhotoArray, PhotoFiles, PhotoSource
from transferleaf.features.store import FeatureStore
from transferleaf.training.feeding.labels import (
    checked_labels,
    class_shares,
    count_classes,
    label_encoder,
)


class PixelRangeWarning(UserWarning):
    """Images look as if their pixels lay in [0, 1] instead of [0, 255]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KnownPhotos:
    """Photos that can be asked for by position, with what is known of each.

    Attributes:
        source: The photos.
        targets: Class shares, shape ``(n, n_classes)``, float32; rows sum to 1.
        weights: Sample weights, shape ``(n,)``, float32.
        leaves: The leaf that each photo shows, where known.
    """

    source: PhotoSource
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]
    leaves: tuple[str | None, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Feed:
    """Batches of images and labels.

    Attributes:
        open: Given a seed, returns a ``tf.data.Dataset`` in the order that belongs to the seed;
            given ``None``, one in a fixed order where the source has one. Elements are
            ``(images, labels)`` or ``(images, labels, weights)``; images RGB in [0, 255], shape
            ``(batch, height, width, 3)``.
        steps: Number of batches, ``None`` where the source does not tell.
        batch_size: Photos a batch, ``None`` where the source has its own.
        known: The photos by position, ``None`` for a stream.
        subset: Given positions, returns a feed of those photos alone; ``None`` where the photos
            are no files.
    """

    open: Callable[[int | None], tf.data.Dataset]
    steps: int | None
    batch_size: int | None = None
    known: KnownPhotos | None = None
    subset: Callable[[NDArray[np.int64]], Feed] | None = None

    @property
    def photos(self) -> int | None:
        """How many photos there are, ``None`` where the source does not tell."""
        return None if self.known is None else len(self.known.source)

    def about_photos(self) -> int:
        """About how many photos there are; 0 where nothing is known."""
        return (self.steps or 0) * (self.batch_size or 32)

    def class_counts(self, n_classes: int) -> NDArray[np.int64]:
        """Photos of each class, shape ``(n_classes,)``; a photo counts for its main class."""
        if self.known is None:
            return count_classes(self.open(None), n_classes)
        return np.bincount(self.known.targets.argmax(axis=1), minlength=n_classes)

    def fingerprint(self, store: FeatureStore) -> str | None:
        """A digest of photos, labels, weights and leaves in their order, ``None`` for a stream."""
        if self.known is None:
            return None
        digest = hashlib.sha256(b"".join(self.known.source.keys(store)))
        digest.update(self.known.targets.tobytes() + self.known.weights.tobytes())
        digest.update(repr(self.known.leaves).encode())
        return digest.hexdigest()


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
    size = _checked_batch_size(batch_size)
    if isinstance(x, (LeafDataset, tf.data.Dataset)):
        must = f"be absent: {what} is a {type(x).__name__}, which has its own"
        for option, given in (("y", y), ("sample_weight", sample_weight)):
            if given is not None:
                raise ConfigError(option, type(given).__name__, must)
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
        raise ConfigError(what, type(x).__name__, must)
    return _array_feed(np.asarray(x), np.asarray(y), sample_weight, what, form, size)


def open_validation(
    data: Any, *, form: FeedFormat, batch_size: int | None, what: str = "validation_data"
) -> Feed | None:
    """Turn the ``validation_data`` of ``fit`` into a feed; ``None`` stays ``None``.

    Args:
        data: The kinds of data that ``open_feed`` takes; arrays as a tuple ``(x, y)`` or
            ``(x, y, sample_weight)``.
        form: What the classifier wants.
        batch_size: Photos a batch; 32 where ``None``.
        what: What to call the data in messages.
    """
    if data is None:
        return None
    x, y, weight = (*data, None, None)[:3] if isinstance(data, tuple) else (data, None, None)
    return open_feed(x, y, what=what, form=form, sample_weight=weight, batch_size=batch_size)


def images_of(x: Any, *, form: FeedFormat, batch_size: int | None) -> Any:
    """Turn what a user gave to ``predict`` into what Keras' ``predict`` takes."""
    if isinstance(x, LeafDataset):
        photos = x.to_tf_dataset(form.image_size, batch_size=_checked_batch_size(batch_size))
        return photos.map(lambda images, _: images)
    if isinstance(x, (str, PathLike)):
        raise ConfigError("x", x, "be photos; predict_photos takes the paths of files")
    if isinstance(x, np.ndarray):
        _check_images(x, "x")
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


def _checked_batch_size(batch_size: int | None) -> int:
    if batch_size is None:
        return 32
    if not isinstance(batch_size, int) or batch_size < 1:
        raise ConfigError("batch_size", batch_size, "be a whole number of at least 1")
    return batch_size


def _check_images(x: NDArray[Any], what: str) -> None:
    if x.ndim != 4 or x.shape[-1] != 3 or not len(x):
        must = "have shape (n, height, width, 3) with n of at least 1"
        raise ConfigError(what, f"shape {x.shape}", must)


def _photo_feed(data: LeafDataset, what: str, form: FeedFormat, batch_size: int) -> Feed:
    if set(data.classes) != set(form.classes):
        missing = [name for name in form.classes if name not in data.classes]
        unknown = [name for name in data.classes if name not in form.classes]
        raise ClassMismatchError(what, missing=missing, unknown=unknown)
    if data.classes != form.classes:
        order = np.array([form.classes.index(name) for name in data.classes])
        data = replace(data, classes=form.classes, labels=order[data.labels])

    def read(seed: int | None) -> tf.data.Dataset:
        # Not shuffled by tf.data, whose order depends on how often it was read before.
        ordered = data if seed is None else data.subset(photo_order(len(data), seed))
        return ordered.to_tf_dataset(form.image_size, batch_size=batch_size, labels=form.labels)

    known = KnownPhotos(
        source=PhotoFiles(data.paths),
        targets=class_shares(data.labels, len(form.classes)),
        weights=np.ones(len(data), np.float32),
        leaves=data.leaves,
    )
    return Feed(
        open=read,
        steps=-(-len(data) // batch_size),
        batch_size=batch_size,
        known=known,
        subset=lambda rows: _photo_feed(data.subset(rows), what, form, batch_size),
    )


def _stream_feed(data: tf.data.Dataset, what: str, form: FeedFormat) -> Feed:
    spec = data.element_spec
    if not isinstance(spec, tuple) or len(spec) not in (2, 3):
        must = "give (images, labels) or (images, labels, sample weights)"
        raise ConfigError(what, spec, must)
    if spec[0].shape.rank != 4 or spec[1].shape.rank not in (1, 2):
        shapes = f"images {spec[0].shape} and labels {spec[1].shape}"
        must = "be batched, of known rank: images (batch, height, width, 3), labels (batch,)"
        raise ConfigError(what, shapes, must)
    if data.cardinality() == tf.data.INFINITE_CARDINALITY:
        must = "end; bound it with .take(number of batches)"
        raise ConfigError(what, "an infinite tf.data.Dataset", must)
    encode = label_encoder(spec[1].shape, what, form=form.labels, n_classes=len(form.classes))
    data = data.map(encode, num_parallel_calls=tf.data.AUTOTUNE)
    with photo_errors():
        for images, *_ in data.take(1):
            warn_if_unit_range(images)
    known = int(data.cardinality())
    # A stream is shuffled by who made it, and only its maker knows how many photos it holds.
    return Feed(open=lambda _: data, steps=known if known >= 0 else None)


def _array_feed(
    x: NDArray[Any],
    y: NDArray[Any],
    weights: Any,
    what: str,
    form: FeedFormat,
    batch_size: int,
) -> Feed:
    n_classes = len(form.classes)
    _check_images(x, what)
    y = checked_labels(y, what, photos=len(x), n_classes=n_classes)
    warn_if_unit_range(x[:32])
    counts = None if weights is None else _checked_weights(weights, len(x))
    parts = (x, y) if counts is None else (x, y, counts)
    encode = label_encoder(y.shape, what, form=form.labels, n_classes=n_classes)

    types = [tf.as_dtype(part.dtype) for part in parts]

    def gather(rows: Any) -> tuple[Any, ...]:
        # Not tf.constant: the images would lie in memory twice.
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

    known = KnownPhotos(
        source=PhotoArray(x),
        targets=class_shares(y, n_classes),
        weights=np.ones(len(x), np.float32) if counts is None else counts,
    )
    return Feed(open=read, steps=-(-len(x) // batch_size), batch_size=batch_size, known=known)


def photo_order(photos: int, seed: int) -> NDArray[np.int64]:
    """Positions of photos in the order that belongs to a seed."""
    return np.random.default_rng(seed).permutation(photos)


def _checked_weights(weights: Any, photos: int) -> NDArray[np.float32]:
    weights = np.asarray(weights, np.float32)
    if weights.shape != (photos,) or not (weights >= 0).all() or not weights.sum() > 0:
        must = f"have shape ({photos},), each at least 0 and not all of them 0"
        raise ConfigError("sample_weight", f"shape {weights.shape}", must)
    return weights
