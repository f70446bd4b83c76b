"""A feed with stored pixels, so that the photos are decoded only once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from transferleaf.datasets.feeding import LabelForm
from transferleaf.features.store import StoredRows
from transferleaf.training.feeding.feeds import Feed, photo_order


def decoded_feed(feed: Feed, pixels: StoredRows, labels: LabelForm) -> Feed:
    """Return a feed of the same photos in the same order.

    Args:
        feed: A feed of photo files.
        pixels: Their stored pixels, in the order of the feed's photos.
        labels: The form of its labels.
    """
    indexed = feed.indexed
    if indexed is None:
        return feed
    targets = indexed.targets
    y = tf.constant(targets if labels == "one-hot" else targets.argmax(axis=1))

    def read(seed: int | None) -> tf.data.Dataset:
        order = np.arange(len(pixels)) if seed is None else photo_order(len(pixels), seed)
        rows = tf.data.Dataset.from_tensor_slices(order).batch(feed.batch_size or 32)
        return rows.map(_batch(pixels, y), num_parallel_calls=2).prefetch(tf.data.AUTOTUNE)

    return replace(feed, open=read)


def _batch(pixels: StoredRows, y: Any) -> Callable[[Any], tuple[Any, Any]]:
    def take(rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        return pixels.take(rows)

    def batch(rows: Any) -> tuple[Any, Any]:
        images = tf.numpy_function(take, [rows], tf.uint8)
        return tf.ensure_shape(images, (None, *pixels.shape[1:])), tf.gather(y, rows)

    return batch
