"""Second-order pooling: the square root of the covariance of a stage's channels, as features.

An average says how much of each channel a photo has; a covariance says which channels occur
together at one position. That is texture, and lesions are texture.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from transferleaf.freezing.feature_groups import FeatureKind

# Added to the variances, as a share of their mean: a map has fewer positions than channels at small
# image sizes, and its covariance has no root that a gradient could pass through then.
RIDGE = 1e-3

ITERATIONS = 5
"""Of Newton and Schulz; the usual number, see the source of ``SecondOrderPooling``."""

_TINY = 1e-12


@keras.saving.register_keras_serializable("transferleaf")
class SecondOrderPooling(keras.layers.Layer):
    """The upper triangle of the square root of the channels' covariance over all positions.

    The root comes from matrix products alone, so that every export format can hold it. Where
    ``channels`` are fewer than the map has, it is first projected to them by orthonormal
    directions, which depend on the two numbers only: every machine draws the same ones.

    Args:
        channels: Channels that are left after the projection; all where ``None``.
        iterations: Steps of the iteration for the root, at least 1.
        **options: What every Keras layer takes; numbers are float32 whatever the policy says.

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

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Draw the projection where one is needed."""
        width = int(input_shape[-1] or 0)
        if self.channels is not None and self.channels < width:
            self._projection = projection(width, self.channels)

    def call(self, maps: Any) -> Any:
        """Pool feature maps, ``(batch, height, width, channels)``.

        Returns:
            Shape ``(batch, n * (n + 1) / 2)`` for n channels, float32.
        """
        return self.root(self.covariance(self.centred(maps)))

    def centred(self, maps: Any) -> Any:
        """Project feature maps, and subtract their mean over all positions.

        Returns:
            Shape ``(batch, height * width, n)``, float32.
        """
        x = ops.cast(maps, "float32")
        if self._projection is not None:
            # As a convolution: engines keep wide maps in a layout of their own for it.
            x = ops.conv(x, self._projection[None, None])
        height, width, channels = x.shape[1:]
        x = ops.reshape(x, (-1, height * width, channels))
        return x - ops.mean(x, axis=1, keepdims=True)

    def covariance(self, centred: Any) -> Any:
        """The mean over all positions of the products of channels, ``(batch, n, n)``."""
        return ops.matmul(ops.transpose(centred, (0, 2, 1)), centred) / centred.shape[1]

    def root(self, covariance: Any) -> Any:
        """The upper triangle of the square root of ``covariance``, ``(batch, n, n)``.

        It grows with the root of what it is given: four times the covariance, twice the features.
        """
        n = covariance.shape[-1]
        rows, columns = np.triu_indices(n)
        flat = ops.reshape(self.full_root(covariance), (-1, n * n))
        return ops.take(flat, (rows * n + columns).astype("int32"), axis=1)

    def full_root(self, covariance: Any) -> Any:
        """The square root of ``covariance``, ``(batch, n, n)``."""
        n = covariance.shape[-1]
        identity = np.eye(n, dtype="float32")
        variance = ops.sum(covariance * identity, axis=(1, 2), keepdims=True) / n
        ridged = covariance + RIDGE * variance * identity
        # By a bound of the largest eigenvalue, so that the iteration converges.
        size = ops.sqrt(ops.sum(ops.square(ridged), axis=(1, 2), keepdims=True) + _TINY)
        return matrix_square_root(ridged / size, self.iterations) * ops.sqrt(size)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, int]:
        """Return ``(batch, n * (n + 1) / 2)``."""
        n = int(input_shape[-1] or 0) if self.channels is None else self.channels
        return (input_shape[0], n * (n + 1) // 2)

    def get_config(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            **super().get_config(),
            "channels": self.channels,
            "iterations": self.iterations,
        }


def matrix_square_root(matrices: Any, iterations: int) -> Any:
    """Approach the square roots of symmetric matrices by Newton-Schulz iteration.

    Args:
        matrices: Shape ``(batch, n, n)``; eigenvalues in [0, 1].
        iterations: Steps, at least 1. An eigenvalue near 1 converges in a few; a small one is left
            too small, by a factor that depends on its size only.

    Returns:
        Shape ``(batch, n, n)``.

    >>> import numpy as np
    >>> root = matrix_square_root(np.array([[[0.25, 0.0], [0.0, 0.81]]], "float32"), 8)
    >>> np.allclose(root, [[[0.5, 0.0], [0.0, 0.9]]], atol=1e-3)
    True
    """
    thrice = 3 * np.eye(matrices.shape[-1], dtype="float32")
    # The first step starts from the identity, and the last needs no inverse.
    inverse = 0.5 * (thrice - matrices)
    root = ops.matmul(matrices, inverse)
    for step in range(1, iterations):
        change = 0.5 * (thrice - ops.matmul(inverse, root))
        root = ops.matmul(root, change)
        if step < iterations - 1:
            inverse = ops.matmul(change, inverse)
    return root


def projection(width: int, channels: int) -> NDArray[np.float32]:
    """Orthonormal directions, drawn at random, the same on every machine and for ever.

    Args:
        width: Channels to project.
        channels: Directions, at most ``width``.

    Returns:
        Shape ``(width, channels)``; columns are orthonormal.

    >>> directions = projection(6, 2)
    >>> np.allclose(directions.T @ directions, np.eye(2), atol=1e-6)
    True
    """
    # RandomState, as its numbers never change between releases of NumPy.
    drawn = np.random.RandomState(width * 10_000 + channels).standard_normal((width, channels))
    directions, upper = np.linalg.qr(drawn)
    # LAPACK leaves the signs open.
    return np.asarray(directions * np.sign(np.diag(upper)), np.float32)


def pooling_layer(kind: FeatureKind, channels: int, *, name: str | None = None) -> Any:
    """The layer that makes a group of features from its stage's feature map.

    In float32 whatever the backbone computes in: a sum over many positions loses half precision.

    Args:
        kind: The kind of features.
        channels: What ``FeatureGroup`` says.
        name: The layer's name.
    """
    if kind == "average":
        return keras.layers.GlobalAveragePooling2D(name=name, dtype="float32")
    return SecondOrderPooling(channels, name=name)
