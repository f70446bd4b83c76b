"""Tracing of a Keras network as a TensorFlow graph with constant weights."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


def trace_with_constants(
    network: keras.Model, shape: tuple[int | None, ...], *, dtype: str = "float32"
) -> Any:
    """Trace ``network`` in inference mode.

    The weights become constants during tracing. This is several times faster than tracing with
    variables and freezing the graph afterwards, and later training does not change the graph.

    Args:
        network: A model from photos to one or several outputs.
        shape: Shape of the photos, ``(batch, height, width, 3)``; ``None`` for a variable size.
        dtype: Number type of the photos.

    Returns:
        A concrete function of photos. Its ``outputs`` are those of the network, flattened.
    """
    weights = [(variable, variable.numpy()) for variable in network.variables]

    def forward(photos: Any) -> list[Any]:
        constants = [(variable, tf.constant(value)) for variable, value in weights]
        # In this scope, Keras layers use these values instead of their variables.
        with keras.StatelessScope(state_mapping=constants):
            return keras.tree.flatten(network(photos, training=False))

    spec = tf.TensorSpec(shape, dtype, name="photos")
    return tf.function(forward, autograph=False).get_concrete_function(spec)
