"""A ``tf.data`` pipeline of photos: decoded in parallel, in a seeded order, in batches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from transferleaf.datasets.photos.decoding import ImageSize, Pixels, height_and_width, read_photo
from transferleaf.datasets.photos.errors import record
from transferleaf.errors import ConfigError, PhotoError

if TYPE_CHECKING:
    from transferleaf.datasets.leaf_dataset import LeafDataset

LabelForm: TypeAlias = Literal["sparse", "one-hot"]


def feed(
    data: LeafDataset,
    image_size: ImageSize,
    *,
    batch_size: int = 32,
    shuffle_seed: int | None = None,
    labels: LabelForm = "sparse",
) -> Any:
    """Return the photos as batches of a ``tf.data.Dataset``.

    An unreadable photo stops the pipeline. Inside ``with photo_errors():``, this raises a
    ``PhotoError``.

    Args:
        data: The photos.
        image_size: Height and width, in pixels, or one number for both.
        batch_size: Number of photos per batch. The last batch may have fewer.
        shuffle_seed: Random seed for shuffling. Each epoch has another order, and the same seed
            gives the same orders. ``None`` keeps the order of ``data``.
        labels: ``"sparse"`` for class indices, shape ``(batch,)``, ``int64``; ``"one-hot"`` for
            vectors, shape ``(batch, n_classes)``, ``float32``.

    Returns:
        A ``tf.data.Dataset`` of known length. Its images have the shape
        ``(batch, height, width, 3)``, ``uint8``, RGB in [0, 255].

    Raises:
        ConfigError: An argument has an invalid value.
    """
    import tensorflow as tf

    size = height_and_width(image_size)
    if batch_size < 1:
        raise ConfigError("batch_size", batch_size, "be at least 1")
    if labels not in get_args(LabelForm):
        raise ConfigError("labels", labels, f"be one of {list(get_args(LabelForm))}")
    decode = _decoder(data.paths, size)
    label_of = tf.constant(data.labels)

    def read(index: Any) -> tuple[Any, Any]:
        label = tf.gather(label_of, index)
        # The pipeline contains indices instead of paths, because a path may be invalid Unicode.
        pixels = _pixels(decode, index, size)
        return pixels, tf.one_hot(label, len(data.classes)) if labels == "one-hot" else label

    photos = tf.data.Dataset.range(len(data))
    if shuffle_seed is not None and len(data):
        photos = photos.shuffle(len(data), seed=shuffle_seed, reshuffle_each_iteration=True)
    photos = photos.map(read, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    return photos.batch(batch_size).prefetch(tf.data.AUTOTUNE)


def _pixels(decode: Any, index: Any, size: tuple[int, int]) -> Any:
    import tensorflow as tf

    pixels, failure = tf.numpy_function(decode, [index], [tf.uint8, tf.string])
    # For an exception in a numpy_function, TensorFlow prints the complete traceback twice. A failed
    # assertion is one line.
    with tf.control_dependencies([tf.debugging.Assert(tf.equal(failure, ""), [failure])]):
        return tf.ensure_shape(pixels, (*size, 3))


def _decoder(paths: tuple[Path, ...], size: tuple[int, int]) -> Any:
    """Return a function from an index to pixels and an error text, which is empty on success."""
    nothing: Pixels = np.zeros((*size, 3), dtype=np.uint8)

    def decode(index: npt.NDArray[np.int64]) -> tuple[Pixels, str]:
        try:
            return read_photo(paths[int(index)], size), ""
        except PhotoError as error:
            return nothing, record(error)

    return decode
