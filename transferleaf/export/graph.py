"""The graph that is exported: from raw photos to probabilities, with resizing as matrix products.

TensorFlow implements ``keras.layers.Resizing(antialias=True)`` with ScaleAndTranslate, which
LiteRT, ONNX and OpenVINO do not support. The same resizing is a product with one matrix for the
rows and one for the columns, which all of them support, also for variable sizes.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from transferleaf.export.file_format import DISTANCE, PROBABILITIES

BODY = "exported_body"
"""The part of an export graph from photos of the network's size to the head's features."""
HEAD = "exported_head"
"""The part after it. Converters keep this name in the names of its operations."""


@keras.saving.register_keras_serializable("transferleaf")
class MatrixResize(keras.layers.Layer):
    """Resizes photos to a square, with bilinear interpolation and antialiasing.

    The input has shape ``(batch, height, width, 3)`` and any number type; the output is float32 of
    shape ``(batch, size, size, 3)`` in the same range.

    Args:
        size: Height and width of the output, in pixels.
        name: Name of the layer.
    """

    def __init__(self, size: int, *, name: str = "matrix_resize") -> None:
        super().__init__(name=name, dtype="float32", trainable=False, autocast=False)
        self.size = size

    def call(self, photos: Any) -> Any:
        """Resize ``photos``."""
        x = ops.cast(photos, "float32")
        if tuple(x.shape[1:3]) == (self.size, self.size):
            return x
        batch, height, width = ops.shape(x)[:3]
        # Each row of pixels is one vector, so that the first product needs no transposition.
        rows = ops.matmul(
            resize_matrix(height, self.size), ops.reshape(x, (batch, height, width * 3))
        )
        columns = ops.reshape(rows, (batch, self.size, width, 3))
        resized = ops.matmul(resize_matrix(width, self.size), columns)
        return ops.reshape(resized, (batch, self.size, self.size, 3))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return ``(batch, size, size, 3)``."""
        return (input_shape[0], self.size, self.size, 3)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"name": self.name, "size": self.size}


def resize_matrix(length: Any, size: int) -> Any:
    """Return the weights of ``length`` input pixels for each of ``size`` output pixels.

    Args:
        length: Number of input pixels. It may be known only at run time.
        size: Number of output pixels.

    Returns:
        Shape ``(size, length)``, float32; each row sums to 1.

    Source:
        The triangle filter of Pillow and of TensorFlow's ScaleAndTranslate, scaled for antialiasing
        if the photo shrinks.

    >>> ops.convert_to_numpy(7 * resize_matrix(4, 2)).round().tolist()
    [[3.0, 3.0, 1.0, 0.0], [0.0, 1.0, 3.0, 3.0]]
    """
    scale = ops.cast(length, "float32") / size
    centres = (ops.arange(size, dtype="float32") + 0.5) * scale
    positions = ops.arange(0, ops.cast(length, "float32"), 1, dtype="float32") + 0.5
    distances = ops.abs(positions[None, :] - centres[:, None]) / ops.maximum(scale, 1.0)
    weights = ops.maximum(0.0, 1.0 - distances)
    return weights / ops.sum(weights, axis=1, keepdims=True)


def export_graph(
    classifier: keras.Model, *, image_size: int, photo_size: tuple[int, int] | None
) -> keras.Model:
    """Build the graph for an export. It shares the layers of ``classifier``.

    Args:
        classifier: A ``TransferClassifier``.
        image_size: Height and width of the backbone's input, in pixels.
        photo_size: Height and width of the photos that the file takes. Default: any size.

    Returns:
        A model from uint8 photos, RGB in [0, 255], to a dictionary with the class probabilities,
        shape ``(batch, classes)``, and, if the classifier is calibrated, the distance to the
        nearest class mean, shape ``(batch,)``.
    """
    standardize = classifier.get_layer("standardize")
    body = keras.Model(classifier.get_layer("resize").output, standardize.input, name=BODY)
    outputs = {PROBABILITIES: classifier.output}
    if classifier.class_means is not None:
        outputs[DISTANCE] = nearest_mean(standardize.output, classifier.class_means.means)
    head = keras.Model(standardize.input, outputs, name=HEAD)
    height, width = photo_size or (None, None)
    photos = keras.Input((height, width, 3), dtype="uint8", name="photos")
    features = body(MatrixResize(image_size)(photos), training=False)
    return keras.Model(photos, head(features, training=False), name="exported")


def features_graph(graph: keras.Model) -> keras.Model:
    """Return the part of an export graph from photos to features. It shares the layers."""
    return keras.Model(graph.input, _features(graph), name="features")


def corrected_graph(graph: keras.Model, shift: Any) -> keras.Model:
    """Return an export graph with ``shift``, ``(n_features,)``, added to the head's features."""
    features = _features(graph)
    before = keras.Input(features.shape[1:], name="features")
    # Inside the head, so that it stays in float like the head.
    head = keras.Model(before, graph.get_layer(HEAD)(before + shift, training=False), name=HEAD)
    return keras.Model(graph.input, head(features, training=False), name="exported")


def _features(graph: keras.Model) -> Any:
    # Called again, because the output of a nested model belongs to its own input.
    resized = graph.get_layer("matrix_resize")(graph.input)
    return graph.get_layer(BODY)(resized, training=False)


def nearest_mean(features: Any, means: Any) -> Any:
    """Return the distances of photos to the nearest class mean, as ``ClassMeans.distances``.

    It uses one matrix product, because the differences to each mean would take too much memory.

    Args:
        features: Standardised features, shape ``(batch, n_features)``, a symbolic tensor or an
            array.
        means: Shape ``(n_classes, n_features)``.

    Returns:
        Root mean squares over the features, shape ``(batch,)``.

    >>> means = np.array([[0.0, 0.0], [4.0, 0.0]], "float32")
    >>> ops.convert_to_numpy(nearest_mean(np.array([[3.0, 1.0]], "float32"), means)).tolist()
    [1.0]
    """
    products = ops.matmul(features, np.transpose(means) * np.float32(2 / means.shape[1]))
    own = ops.mean(ops.square(features), axis=1, keepdims=True)
    squares = own - products + np.mean(np.square(means), axis=1)
    return ops.sqrt(ops.maximum(ops.min(squares, axis=1), 0.0))
