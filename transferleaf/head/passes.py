"""Solving of a linear softmax head with features that are read again in each pass.

For more photos than fit in memory: a pass reads the features block by block, standardises them and
sums up the results. Only arrays of the size of the kernel are kept. The search takes the same steps
as for photos in memory, because both use the same metric.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transferleaf.head.rows import Rows, blocks
from transferleaf.head.scaling import FeatureScaling
from transferleaf.head.space import Floats, log_softmax, with_mean_one


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kernel:
    """A head, or a step between two heads.

    Attributes:
        coefficients: The kernel, shape ``(n_features, n_classes)``.
        bias: The bias, shape ``(n_classes,)``.
    """

    coefficients: Floats
    bias: Floats

    def plus(self, factor: float, other: Kernel) -> Kernel:
        """Return this head moved by ``factor`` times ``other``."""
        size = np.float32(factor)  # a float64 scalar would make the sums float64
        return Kernel(
            coefficients=self.coefficients + size * other.coefficients,
            bias=self.bias + size * other.bias,
        )

    def dot(self, coefficients: Floats, bias: Floats) -> float:
        """Return the inner product with another kernel and bias."""
        kernels = float(np.vdot(self.coefficients, coefficients))
        return kernels + float(np.vdot(self.bias, bias))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PassedPhotos:
    """The training photos for Newton's method, read block by block.

    Attributes:
        features: Unscaled features, shape ``(n, n_features)``.
        scaling: The scaling of the features.
        targets: Class distributions, shape ``(n, n_classes)``.
        weights: Sample weights, shape ``(n, 1)``, with mean 1.
    """

    features: Rows
    scaling: FeatureScaling
    targets: Floats
    weights: Floats

    @classmethod
    def of(
        cls, features: Rows, targets: Floats, weights: Floats, *, scaling: FeatureScaling
    ) -> PassedPhotos:
        """Create it from features, targets and weights.

        Args:
            features: Unscaled features, shape ``(n, n_features)``.
            targets: Class distributions, shape ``(n, n_classes)``; rows sum to 1.
            weights: Sample weights, shape ``(n,)``, each at least 0, not all 0.
            scaling: The scaling of the features.
        """
        mean_one = with_mean_one(weights)[:, np.newaxis]
        return cls(features=features, scaling=scaling, targets=targets, weights=mean_one)

    def point(self, coefficients: Floats, bias: Floats) -> Kernel:
        """Return the head or step with this kernel and bias."""
        return Kernel(coefficients=coefficients, bias=bias)

    def origin(self) -> Kernel:
        """Return the head with equal probabilities for all classes."""
        shape = self.features.shape[1], self.targets.shape[1]
        return Kernel(coefficients=np.zeros(shape, np.float32), bias=np.zeros(shape[1], np.float32))

    def kernel(self, point: Kernel) -> Floats:
        """Return the kernel of a head."""
        return point.coefficients

    def blocks(self) -> Iterator[tuple[Floats, Floats, Floats]]:
        """Yield standardised features, targets and weights block by block: one pass."""
        for block in blocks(self.features):
            features = self.scaling.apply(self.features[block])
            yield features, self.targets[block], self.weights[block]

    def model(self, point: Kernel, l2: float) -> PassModel:
        """Return Newton's model of the objective around ``point``: one pass."""
        value = 0.0
        sums = _Sums(point.coefficients.shape)
        curvature = np.zeros(len(point.bias))
        for features, targets, weights in self.blocks():
            log_p = log_softmax(features @ point.coefficients + point.bias)
            p = np.exp(log_p)
            weighted = weights * p
            value -= float((weights * targets * log_p).sum(dtype=np.float64))
            curvature += (weighted * (1 - p)).sum(axis=0, dtype=np.float64)
            sums.add(features, weights * targets - weighted)
        photos = len(self.features)
        penalty = 0.5 * l2 * float(np.vdot(point.coefficients, point.coefficients))
        return PassModel(
            photos=self,
            point=point,
            l2=np.float32(l2),
            value=value / photos + penalty,
            curvature=(curvature / photos).astype(np.float32),
            errors=sums.mean(photos),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PassModel:
    """Newton's model of the objective around a head, computed in one pass over the photos.

    Attributes:
        photos: The photos.
        point: The head.
        l2: L2 strength.
        value: Mean cross-entropy plus ``l2 / 2`` times the squared kernel. The bias has no penalty.
        curvature: The curvature of the cross-entropy along each bias.
        errors: The negative gradient of the cross-entropy: kernel and bias.
    """

    photos: PassedPhotos
    point: Kernel
    l2: np.float32
    value: float
    curvature: Floats
    errors: tuple[Floats, Floats]

    def downhill(self) -> Kernel:
        """The negative gradient of the objective."""
        kernel, bias = self.errors
        return Kernel(coefficients=kernel - self.l2 * self.point.coefficients, bias=bias)

    def curve(self, direction: Kernel) -> tuple[Floats, Floats]:
        """Apply the second derivative, and return kernel and bias. One pass."""
        # Probabilities are computed again, because storing them would take too much memory.
        both = np.hstack([self.point.coefficients, direction.coefficients])
        biases = np.concatenate([self.point.bias, direction.bias])
        classes = len(self.point.bias)
        sums = _Sums(self.point.coefficients.shape)
        for features, _, weights in self.photos.blocks():
            found = features @ both + biases
            p = np.exp(log_softmax(found[:, :classes]))
            change = found[:, classes:]
            common = np.einsum("ij,ij->i", p, change)[:, np.newaxis]
            sums.add(features, weights * p * (change - common))
        kernel, bias = sums.mean(len(self.photos.features))
        return kernel + self.l2 * direction.coefficients, bias

    def bias_curvature(self) -> Floats:
        """The curvature of the cross-entropy along each bias, shape ``(n_classes,)``."""
        return self.curvature

    def scaled(self, slope: Kernel, bias: Floats) -> Kernel:
        """Divide the kernel of a gradient by the L2 strength, and replace its bias."""
        return Kernel(coefficients=slope.coefficients * (np.float32(1) / self.l2), bias=bias)


class _Sums:
    """Sums over photos of a number per class, and of features times this number."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        # In double precision, because rounding errors grow with the number of blocks.
        self._kernel: NDArray[np.float64] = np.zeros(shape)
        self._bias: NDArray[np.float64] = np.zeros(shape[1])

    def add(self, features: Floats, each: Floats) -> None:
        """Add a block: features ``(m, n_features)`` and numbers ``(m, n_classes)``."""
        self._kernel += features.T @ each
        self._bias += each.sum(axis=0, dtype=np.float64)

    def mean(self, photos: int) -> tuple[Floats, Floats]:
        """Divide by the number of photos."""
        return (self._kernel / photos).astype(np.float32), (self._bias / photos).astype(np.float32)
