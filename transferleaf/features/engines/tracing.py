"""A Keras network as one TensorFlow graph that holds its weights as constants."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


def trace_with_constants(
    network: keras.Model, shape: tuple[int | None, ...], *, dtype: str = "float32"
) -> Any:
    """Trace ``network`` in inference mode.

    The weights are put in as constants while tracing. That is several times faster than tracing
    with variables and freezing the graph afterwards, and the graph stays as it is when the live
    network trains on.

    Args:
        network: From photos to one or several outputs.
        shape: Shape of the photos, ``(batch, height, width, 3)``; ``None`` where any will do.
        dtype: Number type of the photos.

    Returns:
        A concrete function that takes photos; its ``outputs`` are the network's, flattened.
    """
    weights = [(variable, variable.numpy()) for variable in network.variables]

    def forward(photos: Any) -> list[Any]:
        constants = [(variable, tf.constant(value)) for variable, value in weights]
        # Under this scope Keras layers read these values in place of their variables.
        with keras.StatelessScope(state_mapping=constants):
            return keras.tree.flatten(network(photos, training=False))

    spec = tf.TensorSpec(shape, dtype, name="photos")
    return tf.function(forward, autograph=False).get_concrete_function(spec)
