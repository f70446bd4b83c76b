"""Which engine runs a network: a compiled one where it proves to be right, else TensorFlow."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from transferleaf.features.engines.engine import Engine, EngineMeter, Photos
from transferleaf.features.engines.openvino_engine import OpenVINOEngine
from transferleaf.features.engines.tensorflow_engine import TensorFlowEngine

# Largest difference from Keras, as a share of the output's standard deviation. Float32 with sums
# in another order comes to about 1e-5, bfloat16 to 0.04 and more (ResNet50, MobileNetV3,
# EfficientNet-Lite0, 224 px); 1e-3 is far from both, and far below what moves a class probability.
TOLERANCE = 1e-3

# The same for a network that Keras runs in float16 or bfloat16 while the engine keeps float32.
HALF_TOLERANCE = 5e-2

# Enough to tell a right network from a wrong one, for Keras is slow where nothing is compiled; and
# an odd number, so that a request that is not full is seen too.
_COMPARED_PHOTOS = 3


def open_engine(
    network: keras.Model,
    sample: Photos,
    *,
    tell: Callable[[str], None],
    threads: int | None = None,
) -> Engine:
    """Choose the fastest engine that gives Keras' own answers, and make it ready.

    With a GPU that TensorFlow sees, that is TensorFlow. Else the network is compiled for the CPU,
    and the outputs for the first photos of ``sample`` are compared with Keras'.

    Args:
        network: From RGB in [0, 255] to one or several outputs, in inference mode. A compiled
            engine keeps the weights that it has now, whatever becomes of them later.
        sample: Some of the photos to come, ``(batch, height, width, 3)``, uint8 or float32.
        tell: Called with one line where the compiled engine cannot be used, and why.
        threads: Cores that a compiled engine may use; all of the machine's where ``None``.

    Returns:
        The engine.
    """
    if tf.config.get_visible_devices("GPU"):
        return TensorFlowEngine(network)
    try:
        engine = OpenVINOEngine(network, sample.shape[1:], threads=threads)
        difference = _difference_from_keras(engine, network, sample[:_COMPARED_PHOTOS])
    # A converter fails in any way, and TensorFlow can do without it.
    except Exception as error:
        reason = textwrap.shorten(f"{type(error).__name__}: {error}", width=200)
        tell(f"OpenVINO cannot run this network ({reason}); TensorFlow runs it, which is slower.")
        return TensorFlowEngine(network)
    allowed = _tolerance(network)
    if difference <= allowed:  # false for nan
        engine.meter = EngineMeter()  # the comparison is no work of the caller's
        return engine
    tell(
        f"{engine.name} differs from Keras by {difference:.2g} of an output's standard deviation "
        f"(allowed: {allowed:g}); TensorFlow runs the network, which is slower."
    )
    return TensorFlowEngine(network)


def _tolerance(network: keras.Model) -> float:
    """What Keras' own rounding allows: half precision is as far from the truth as this."""
    half = any(layer.compute_dtype != "float32" for layer in network._flatten_layers())
    return HALF_TOLERANCE if half else TOLERANCE


def _difference_from_keras(engine: Engine, network: keras.Model, photos: Photos) -> float:
    """Largest difference in any output, as a share of that output's standard deviation."""
    (outputs,) = engine.run([photos])
    expected = keras.tree.flatten(network(tf.constant(photos), training=False))
    return relative_difference(outputs, [np.asarray(output, np.float32) for output in expected])


def relative_difference(outputs: Sequence[NDArray[Any]], expected: Sequence[NDArray[Any]]) -> float:
    """Compare outputs with the expected ones, each on its own scale.

    Args:
        outputs: Arrays to judge.
        expected: Arrays of the same shapes.

    Returns:
        The largest difference divided by the expected array's standard deviation, or by its
        largest value where all its values are equal; nan where any is nan.

    >>> round(relative_difference([np.array([0.0, 2.1])], [np.array([0.0, 2.0])]), 3)
    0.1
    """
    differences = [
        np.abs(output - right).max() / (right.std() or np.abs(right).max() or 1.0)
        for output, right in zip(outputs, expected, strict=True)
    ]
    return float(np.max(differences))  # unlike max(), it keeps a nan
