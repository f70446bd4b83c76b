"""Second-order pooling: the square root of the covariance of a stage's channels, as features.

The average shows how strong each channel is in a photo; the covariance shows which channels occur
together at one position. This describes texture, such as that of lesions.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from transferleaf.features.leaf_map import LeafAveragePooling, position_weights
from transferleaf.freezing.feature_groups import FeatureKind, Region

# Added to the variances, as a fraction of their mean. For small images, a map has fewer positions
# than channels, and the root of its covariance would have no gradient.
RIDGE = 1e-3

ITERATIONS = 5
"""Number of Newton-Schulz steps, from the source of ``SecondOrderPooling``."""

_TINY = 1e-12


@keras.saving.register_keras_serializable("transferleaf")
class SecondOrderPooling(keras.layers.Layer):
    """The upper triangle of the square root of the channels' covariance over all positions.

    The root uses only matrix products, which every export format supports. If ``channels`` is
    smaller than the number of channels of the map, the map is first projected on random orthonormal
    directions. These depend only on the two numbers, so they are the same on every machine.

    Args:
        channels: Number of channels after the projection. Default: all, without a projection.
        iterations: Number of steps of the iteration, at least 1.
        **options: Arguments of ``keras.layers.Layer``. The layer always computes in float32.

    Source:
        Lin, RoyChowdhury and Maji (2015), bilinear pooling; Li, Xie, Wang and Gao (2018), for the
        square root by coupled Newton-Schulz iteration and its five steps (iSQRT-COV).

    >>> pooling = SecondOrderPooling()
    >>> maps = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")
    >>> tuple(pooling(maps).shape)
    (2, 6)
    """

    def __init__(
        self, channels: int | None = None, *, iterations: int = ITERATIONS, **options: Any
    ) -> None:
        super().__init__(**{**options, "dtype": "float32", "trainable": False})
        self.channels = channels
        self.iterations = iterations
        self._projection: NDArray[np.float32] | None = None

    def build(self, input_shape: Any) -> None:
        """Create the projection if it is required."""
        width = int(_of_maps(input_shape)[-1] or 0)
        if self.channels is not None and self.channels < width:
            self._projection = projection(width, self.channels)

    def call(self, maps: Any) -> Any:
        """Pool feature maps.

        Args:
            maps: Shape ``(batch, height, width, channels)``, or a list of these maps and a leaf
                map, which weights the positions.

        Returns:
            Shape ``(batch, n * (n + 1) / 2)`` for n channels, float32.
        """
        return self.root(self.covariance(self.centred(maps)))

    def centred(self, maps: Any) -> Any:
        """Project feature maps, and subtract the mean over all positions.

        With a leaf map, the mean is weighted, and the differences are multiplied by the square root
        of the weights; see ``call``.

        Returns:
            Shape ``(batch, height * width, n)``, float32.
        """
        leaf = None
        if isinstance(maps, (list, tuple)):
            maps, leaf = maps
        x = ops.cast(maps, "float32")
        if self._projection is not None:
            # As a convolution, because engines have a special memory layout for wide maps.
            x = ops.conv(x, self._projection[None, None])
        height, width, channels = x.shape[1:]
        if height is None or width is None:  # photos of any size
            # Not for known sizes: these operations would become outputs of exported graphs.
            height, width = ops.shape(x)[1:3]
        x = ops.reshape(x, (-1, height * width, channels))
        if leaf is None:
            return x - ops.mean(x, axis=1, keepdims=True)
        weights = ops.reshape(position_weights(leaf, height, width), (-1, height * width, 1))
        return (x - ops.mean(x * weights, axis=1, keepdims=True)) * ops.sqrt(weights)

    def covariance(self, centred: Any) -> Any:
        """Return the covariance of the channels over all positions, ``(batch, n, n)``."""
        positions = centred.shape[1]
        if positions is None:
            positions = ops.cast(ops.shape(centred)[1], centred.dtype)
        return ops.matmul(ops.transpose(centred, (0, 2, 1)), centred) / positions

    def root(self, covariance: Any) -> Any:
        """Return the upper triangle of the square root of ``covariance``, ``(batch, n, n)``.

        It scales with the square root: four times the covariance gives twice the features.
        """
        n = covariance.shape[-1]
        rows, columns = np.triu_indices(n)
        flat = ops.reshape(self.full_root(covariance), (-1, n * n))
        return ops.take(flat, (rows * n + columns).astype("int32"), axis=1)

    def full_root(self, covariance: Any) -> Any:
        """Return the square root of ``covariance``, ``(batch, n, n)``."""
        n = covariance.shape[-1]
        identity = np.eye(n, dtype="float32")
        variance = ops.sum(covariance * identity, axis=(1, 2), keepdims=True) / n
        ridged = covariance + RIDGE * variance * identity
        # Divided by an upper bound of the largest eigenvalue, so that the iteration converges.
        size = ops.sqrt(ops.sum(ops.square(ridged), axis=(1, 2), keepdims=True) + _TINY)
        return matrix_square_root(ridged / size, self.iterations) * ops.sqrt(size)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, int]:
        """Return ``(batch, n * (n + 1) / 2)``."""
        shape = _of_maps(input_shape)
        n = int(shape[-1] or 0) if self.channels is None else self.channels
        return (shape[0], n * (n + 1) // 2)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {
            **super().get_config(),
            "channels": self.channels,
            "iterations": self.iterations,
        }


def matrix_square_root(matrices: Any, iterations: int) -> Any:
    """Approximate the square roots of symmetric matrices by Newton-Schulz iteration.

    Args:
        matrices: Shape ``(batch, n, n)``; eigenvalues in [0, 1].
        iterations: Number of steps, at least 1. Eigenvalues near 1 converge in a few steps. The
            roots of small ones are too small, by a factor that depends only on the eigenvalue.

    Returns:
        Shape ``(batch, n, n)``.

    >>> import numpy as np
    >>> root = matrix_square_root(np.array([[[0.25, 0.0], [0.0, 0.81]]], "float32"), 8)
    >>> np.allclose(root, [[[0.5, 0.0], [0.0, 0.9]]], atol=1e-3)
    True
    """
    thrice = 3 * np.eye(matrices.shape[-1], dtype="float32")
    # The first step starts from the identity matrix, and the last one needs no inverse.
    inverse = 0.5 * (thrice - matrices)
    root = ops.matmul(matrices, inverse)
    for step in range(1, iterations):
        change = 0.5 * (thrice - ops.matmul(inverse, root))
        root = ops.matmul(root, change)
        if step < iterations - 1:
            inverse = ops.matmul(change, inverse)
    return root


def projection(width: int, channels: int) -> NDArray[np.float32]:
    """Return random orthonormal directions that are the same on every machine.

    Args:
        width: Number of channels.
        channels: Number of directions, at most ``width``.

    Returns:
        Shape ``(width, channels)``, with orthonormal columns.

    >>> directions = projection(6, 2)
    >>> np.allclose(directions.T @ directions, np.eye(2), atol=1e-6)
    True
    """
    # RandomState gives the same numbers in all releases of NumPy.
    drawn = np.random.RandomState(width * 10_000 + channels).standard_normal((width, channels))
    directions, upper = np.linalg.qr(drawn)
    # LAPACK does not define the signs.
    return np.asarray(directions * np.sign(np.diag(upper)), np.float32)


def _of_maps(input_shape: Any) -> tuple[int | None, ...]:
    """Return the shape of the feature maps, with or without a leaf map beside them."""
    inside = input_shape[0]
    return tuple(inside) if isinstance(inside, (list, tuple)) else tuple(input_shape)


def pooling_layer(
    kind: FeatureKind, channels: int, region: Region = "photo", *, name: str | None = None
) -> Any:
    """Return the layer that computes a feature group from the map or the tokens of its stage.

    It uses float32 with any dtype policy, because sums over many positions lose half precision.

    Args:
        kind: The kind of features.
        channels: The channels of the ``FeatureGroup``.
        region: The region of the ``FeatureGroup``. For ``"leaf"``, the layer takes a list of the
            map and the leaf map.
        name: Name of the layer.
    """
    if kind == "average" and region == "leaf":
        return LeafAveragePooling(name=name)
    if kind == "average":
        return keras.layers.GlobalAveragePooling2D(name=name, dtype="float32")
    if kind == "tokens":
        return keras.layers.Flatten(name=name, dtype="float32")
    return SecondOrderPooling(channels, name=name)
