"""Streams whose batches are looked at on their way: what is wrong with one arrives as our error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from transferleaf.datasets.photos.errors import record
from transferleaf.errors import TransferLeafError


def watched(batches: tf.data.Dataset, check: Callable[..., None]) -> tf.data.Dataset:
    """Return the same batches, each of which is checked when it is read.

    Args:
        batches: Elements are a tensor, or a tuple of tensors.
        check: Is called with the arrays of a batch; what it raises from ``TransferLeafError``
            arrives inside ``with photo_errors():``.

    Returns:
        A stream of tuples.
    """

    def look(*parts: Any) -> str:
        try:
            check(*parts)
        except TransferLeafError as error:
            return record(error)
        return ""

    def watch(*parts: Any) -> tuple[Any, ...]:
        # As text, not as an exception, of which TensorFlow prints the whole traceback twice.
        failure = tf.numpy_function(look, parts, tf.string)
        with tf.control_dependencies([tf.debugging.Assert(tf.equal(failure, ""), [failure])]):
            return tuple(tf.identity(part) for part in parts)

    return batches.map(watch, num_parallel_calls=tf.data.AUTOTUNE)
