"""Streams whose batches are checked when they are read, with our own errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from transferleaf.datasets.photos.errors import record
from transferleaf.errors import TransferLeafError


def watched(batches: tf.data.Dataset, check: Callable[..., None]) -> tf.data.Dataset:
    """Return the same batches, with a check when each one is read.

    Args:
        batches: Elements are a tensor, or a tuple of tensors.
        check: Called with the arrays of a batch. A ``TransferLeafError`` that it raises is raised
            again inside ``with photo_errors():``.

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
        # Passed on as text: for an exception, TensorFlow would print the complete traceback twice.
        failure = tf.numpy_function(look, parts, tf.string)
        with tf.control_dependencies([tf.debugging.Assert(tf.equal(failure, ""), [failure])]):
            return tuple(tf.identity(part) for part in parts)

    return batches.map(watch, num_parallel_calls=tf.data.AUTOTUNE)
