"""A linear softmax head seen from its kernel, whose photos are read anew in each pass.

For more photos than fit in memory: a pass reads a block at a time, standardises it, and adds up
what the block says. All that is kept is of the kernel's size. The search takes the same steps as
from photos in memory, because both measure kernels in the same way.
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
    """A head, or a step from one head to another.

    Attributes:
        coefficients: The kernel, shape ``(n_features, n_classes)``.
        bias: Shape ``(n_classes,)``.
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
        """Inner product with the kernel ``coefficients``, plus that with ``bias``."""
        kernels = float(np.vdot(self.coefficients, coefficients))
        return kernels + float(np.vdot(self.bias, bias))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PassedPhotos:
    """The training photos, as Newton's method needs them; read a block at a time.

    Attributes:
        features: Not scaled, shape ``(n, n_features)``.
        scaling: Scales them.
        targets: Class distribution of each photo, shape ``(n, n_classes)``.
        weights: How much each photo counts, shape ``(n, 1)``; their mean is 1.
    """

    features: Rows
    scaling: FeatureScaling
    targets: Floats
    weights: Floats

    @classmethod
    def of(
        cls, features: Rows, targets: Floats, weights: Floats, *, scaling: FeatureScaling
    ) -> PassedPhotos:
        """Prepare photos.

        Args:
            features: Not scaled, shape ``(n, n_features)``.
            targets: Shape ``(n, n_classes)``; rows sum to 1.
            weights: Shape ``(n,)``, each at least 0, not all 0.
            scaling: Scales them.
        """
        mean_one = with_mean_one(weights)[:, np.newaxis]
        return cls(features=features, scaling=scaling, targets=targets, weights=mean_one)

    def point(self, coefficients: Floats, bias: Floats) -> Kernel:
        """Return the head, or the step, of this kernel and this bias."""
        return Kernel(coefficients=coefficients, bias=bias)

    def origin(self) -> Kernel:
        """Return the head that gives every class the same probability."""
        shape = self.features.shape[1], self.targets.shape[1]
        return Kernel(coefficients=np.zeros(shape, np.float32), bias=np.zeros(shape[1], np.float32))

    def kernel(self, point: Kernel) -> Floats:
        """The kernel of a head."""
        return point.coefficients

    def blocks(self) -> Iterator[tuple[Floats, Floats, Floats]]:
        """Read standardised features, targets and weights, a block at a time: one pass."""
        for block in blocks(self.features):
            features = self.scaling.apply(self.features[block])
            yield features, self.targets[block], self.weights[block]

    def model(self, point: Kernel, l2: float) -> PassModel:
        """Make Newton's model of the objective around ``point``: one pass."""
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
    """Newton's model of the objective around a head, made in a pass over the photos.

    Attributes:
        photos: The photos.
        point: Where the model holds.
        l2: Strength of the penalty.
        value: Mean cross-entropy plus ``l2 / 2`` times the squared kernel; the bias is free.
        curvature: How much the cross-entropy curves along each bias.
        errors: The slope of the cross-entropy, with the sign turned: kernel and bias.
    """

    photos: PassedPhotos
    point: Kernel
    l2: np.float32
    value: float
    curvature: Floats
    errors: tuple[Floats, Floats]

    def downhill(self) -> Kernel:
        """The slope of the objective, with the sign turned."""
        kernel, bias = self.errors
        return Kernel(coefficients=kernel - self.l2 * self.point.coefficients, bias=bias)

    def curve(self, direction: Kernel) -> tuple[Floats, Floats]:
        """Apply the second derivative; returns kernel and bias. One pass."""
        # Probabilities are made anew: to keep them would take a number per photo and class.
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
        """How much the cross-entropy curves along each bias, shape ``(n_classes,)``."""
        return self.curvature

    def scaled(self, slope: Kernel, bias: Floats) -> Kernel:
        """Divide a slope's kernel by the penalty's strength, and give it another bias."""
        return Kernel(coefficients=slope.coefficients * (np.float32(1) / self.l2), bias=bias)


class _Sums:
    """Sums over photos of features times a number per class, and of that number."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        # In double precision: rounding would grow with the number of blocks.
        self._kernel: NDArray[np.float64] = np.zeros(shape)
        self._bias: NDArray[np.float64] = np.zeros(shape[1])

    def add(self, features: Floats, each: Floats) -> None:
        """Add a block: features ``(m, n_features)``, and ``(m, n_classes)``."""
        self._kernel += features.T @ each
        self._bias += each.sum(axis=0, dtype=np.float64)

    def mean(self, photos: int) -> tuple[Floats, Floats]:
        """Divide by the number of photos."""
        return (self._kernel / photos).astype(np.float32), (self._bias / photos).astype(np.float32)
