"""Checks and conversion of the images that users pass to ``predict``."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from os import PathLike
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.photos.errors import photo_errors, recorded
from transferleaf.errors import ConfigError, Found
from transferleaf.training.feeding.feeds import checked_batch_size
from transferleaf.training.feeding.pixel_values import (
    check_pixels,
    check_shape,
    images_array,
    looks_like_unit_range,
    warn_of_unit_range,
)
from transferleaf.training.feeding.watched_streams import watched

_BATCHES = "give batches of images, shape (batch, height, width, 3), alone or first in a tuple"


def asked_images(x: Any, *, image_size: int, batch_size: int | None) -> Any:
    """Return images for Keras' ``predict``, with checked pixel values.

    Args:
        x: A ``LeafDataset``; images, as an array, a tensor or a list, shape
            ``(n, height, width, 3)``, RGB in [0, 255]; or batches of such images, alone or first
            in a tuple: a ``tf.data.Dataset``, a ``keras.utils.PyDataset`` or an iterator.
        image_size: Height and width that photo files are resized to, in pixels.
        batch_size: Photos per batch. Default: 32.

    Returns:
        An array; or batches, for which ``predict`` takes no batch size.

    Raises:
        ConfigError: ``x`` has another type, or contains values that are not pixels. For a stream,
            this is raised when a batch is read, inside ``with photo_errors():``.
    """
    if isinstance(x, LeafDataset):
        photos = x.to_tf_dataset(image_size, batch_size=checked_batch_size(batch_size))
        return photos.map(lambda images, _: images)
    if isinstance(x, tf.data.Dataset):
        return _stream(x)
    if isinstance(x, keras.utils.PyDataset):
        return _batches(x[number] for number in range(_length(x)))
    if isinstance(x, Iterator):
        return _batches(x)
    if _names_files(x):
        raise ConfigError("x", x, "be photos; predict_photos takes the paths of files")
    images = images_array(x, "x")
    warn_of_unit_range(x=looks_like_unit_range(images))
    return images


def _stream(x: tf.data.Dataset) -> tf.data.Dataset:
    spec = x.element_spec
    images = spec[0] if isinstance(spec, tuple) and spec else spec
    if not isinstance(images, tf.TensorSpec) or images.shape.rank != 4:
        raise ConfigError("x", Found(f"elements {spec}"), _BATCHES)
    check_shape(tuple(images.shape), "x")
    alone = x.map(lambda *parts: parts[0])
    stream = watched(alone, lambda images: check_pixels(images, "a batch of x"))
    with photo_errors():
        first = next(iter(stream.take(1)), None)
    warn_of_unit_range(x=first is not None and looks_like_unit_range(np.asarray(first[0])))
    return stream


def _batches(batches: Iterator[Any]) -> Iterator[Any]:
    """Return the same batches, and check each of them."""
    looked_at = (images_array(_images_of(batch), "a batch of x") for batch in batches)
    first = next(looked_at, None)
    if first is None:
        raise ConfigError("x", Found("no batches"), _BATCHES)
    warn_of_unit_range(x=looks_like_unit_range(first))
    return _as_keras_takes_them(itertools.chain([first], looked_at))


def _as_keras_takes_them(batches: Iterator[Any]) -> Iterator[tuple[Any]]:
    """Yield tuples: Keras accepts only generators of tuples."""
    with recorded():
        for images in batches:
            yield (images,)


def _images_of(batch: Any) -> Any:
    if isinstance(batch, tuple):
        return batch[0]
    return batch


def _length(x: keras.utils.PyDataset) -> int:
    batches = x.num_batches
    if batches is None:
        raise ConfigError("x", Found("an endless PyDataset"), "end: give it a number of batches")
    return int(batches)


def _names_files(x: Any) -> bool:
    several = isinstance(x, Sequence) and not isinstance(x, str) and len(x) > 0
    return isinstance(x[0] if several else x, (str, PathLike))
