"""Choice of the engine: a compiled one if its results are correct, otherwise TensorFlow."""

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

# Maximum difference from Keras, as a fraction of the standard deviation of the output. Another
# order of float32 sums gives about 1e-5, bfloat16 0.04 and more (ResNet50, MobileNetV3,
# EfficientNet-Lite0, 224 px). 1e-3 is far from both, and far too small to change a class
# probability.
TOLERANCE = 1e-3

# The same for a network with float16 or bfloat16 in Keras, while the engine uses float32.
HALF_TOLERANCE = 5e-2

# Enough to detect a wrong network, and few because Keras is slow without compilation. An odd
# number, so that a partly filled request is tested too.
_COMPARED_PHOTOS = 3


def open_engine(
    network: keras.Model,
    sample: Photos,
    *,
    tell: Callable[[str], None],
    threads: int | None = None,
) -> Engine:
    """Return the fastest engine whose results agree with Keras, ready for use.

    With a GPU in TensorFlow, this is TensorFlow. Otherwise the network is compiled for the CPU, and
    its outputs for the first photos of ``sample`` are compared with Keras.

    Args:
        network: A model from RGB in [0, 255] to one or several outputs, in inference mode. A
            compiled engine keeps its current weights.
        sample: Some of the photos, ``(batch, height, width, 3)``, uint8 or float32.
        tell: Called with a line that says why the compiled engine cannot be used.
        threads: Number of cores for a compiled engine. Default: all.

    Returns:
        The engine.
    """
    if tf.config.get_visible_devices("GPU"):
        return TensorFlowEngine(network)
    try:
        engine = OpenVINOEngine(network, sample.shape[1:], threads=threads)
        difference = _difference_from_keras(engine, network, sample[:_COMPARED_PHOTOS])
    # The converter can raise any exception, and TensorFlow works without it.
    except Exception as error:
        reason = textwrap.shorten(f"{type(error).__name__}: {error}", width=200)
        tell(f"OpenVINO cannot run this network ({reason}); TensorFlow runs it, which is slower.")
        return TensorFlowEngine(network)
    allowed = _tolerance(network)
    if difference <= allowed:  # false for NaN
        engine.meter = EngineMeter()  # do not count the comparison
        return engine
    tell(
        f"{engine.name} differs from Keras by {difference:.2g} of an output's standard deviation "
        f"(allowed: {allowed:g}); TensorFlow runs the network, which is slower."
    )
    return TensorFlowEngine(network)


def _tolerance(network: keras.Model) -> float:
    """Return the allowed difference, which depends on the precision that Keras uses."""
    half = any(layer.compute_dtype != "float32" for layer in network._flatten_layers())
    return HALF_TOLERANCE if half else TOLERANCE


def _difference_from_keras(engine: Engine, network: keras.Model, photos: Photos) -> float:
    """Return the maximum difference of all outputs, as a fraction of their standard deviation."""
    (outputs,) = engine.run([photos])
    expected = keras.tree.flatten(network(tf.constant(photos), training=False))
    return relative_difference(outputs, [np.asarray(output, np.float32) for output in expected])


def relative_difference(outputs: Sequence[NDArray[Any]], expected: Sequence[NDArray[Any]]) -> float:
    """Compare outputs with the expected ones, each relative to its scale.

    Args:
        outputs: The arrays to compare.
        expected: The expected arrays, of the same shapes.

    Returns:
        The maximum difference divided by the standard deviation of the expected array, or by its
        maximum if all its values are equal. NaN if any value is NaN.

    >>> round(relative_difference([np.array([0.0, 2.1])], [np.array([0.0, 2.0])]), 3)
    0.1
    """
    differences = [
        np.abs(output - right).max() / (right.std() or np.abs(right).max() or 1.0)
        for output, right in zip(outputs, expected, strict=True)
    ]
    return float(np.max(differences))  # unlike max(), it keeps NaN
