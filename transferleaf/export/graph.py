"""The graph that is exported: raw photos in, resized by plain matrix products, probabilities out.

``keras.layers.Resizing(antialias=True)`` becomes TensorFlow's ScaleAndTranslate, which neither
LiteRT nor ONNX nor OpenVINO knows. The same resizing is a product with one matrix for the rows and
one for the columns, which they all know, and which keeps height and width open.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("transferleaf")
class MatrixResize(keras.layers.Layer):
    """Resize photos to a square, bilinear, averaging where it shrinks.

    Takes ``(batch, height, width, 3)`` of any number type and gives float32
    ``(batch, size, size, 3)`` in the same range.

    Args:
        size: Height and width that come out, in pixels.
        name: The layer's name.
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
        # A row of pixels as one vector: then the first product needs no transposition.
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
        """Return plain values."""
        return {"name": self.name, "size": self.size}


def resize_matrix(length: Any, size: int) -> Any:
    """The weights of ``length`` pixels in a row in each of ``size`` pixels.

    Args:
        length: How many there are; may be known only when the graph runs.
        size: How many come out.

    Returns:
        Shape ``(size, length)``, float32; each row sums to 1.

    Source:
        The triangle filter of Pillow and of TensorFlow's ScaleAndTranslate, widened by the scale
        where the photo shrinks.

    >>> ops.convert_to_numpy(7 * resize_matrix(4, 2)).round().tolist()
    [[3.0, 3.0, 1.0, 0.0], [0.0, 1.0, 3.0, 3.0]]
    """
    scale = ops.cast(length, "float32") / size
    centres = (ops.arange(size, dtype="float32") + 0.5) * scale
    places = ops.arange(0, ops.cast(length, "float32"), 1, dtype="float32") + 0.5
    distances = ops.abs(places[None, :] - centres[:, None]) / ops.maximum(scale, 1.0)
    weights = ops.maximum(0.0, 1.0 - distances)
    return weights / ops.sum(weights, axis=1, keepdims=True)


def export_graph(
    classifier: keras.Model, *, image_size: int, photo_size: tuple[int, int] | None
) -> keras.Model:
    """Lay the graph to export on the layers of ``classifier``, which are shared.

    Args:
        classifier: A ``TransferClassifier``.
        image_size: Height and width that its backbone sees.
        photo_size: Height and width of the photos that the file takes; any where ``None``.

    Returns:
        A model from uint8 photos, RGB in [0, 255], to probabilities ``(batch, classes)``.
    """
    after_resize = keras.Model(classifier.get_layer("resize").output, classifier.output)
    height, width = photo_size or (None, None)
    photos = keras.Input((height, width, 3), dtype="uint8", name="photos")
    resized = MatrixResize(image_size)(photos)
    return keras.Model(photos, after_resize(resized, training=False), name="exported")
