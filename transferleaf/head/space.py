"""Solving of a linear softmax head in the space of its training photos.

In the optimum, each column of the kernel is a sum of features of photos, so the search only needs
kernels of the form ``features.T @ coefficients / n``. Each step then needs one product,
``features @ (features.T @ x) / n``. If there are not many more photos than features, its matrix is
small and computed once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Number of products in a search over all strengths. On photos of real leaves: 275 to 301.
_PRODUCTS = 250


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Point:
    """A head, or a step between two heads, in the space of the training photos.

    Attributes:
        coefficients: Shape ``(n, n_classes)``. The kernel is ``features.T @ coefficients / n``.
        scores: ``features @ kernel``, shape ``(n, n_classes)``: the logits without the bias.
        bias: The bias, shape ``(n_classes,)``.
    """

    coefficients: Floats
    scores: Floats
    bias: Floats

    def plus(self, factor: float, other: Point) -> Point:
        """Return this point moved by ``factor`` times ``other``."""
        size = np.float32(factor)  # a float64 scalar would make the sums float64
        return Point(
            coefficients=self.coefficients + size * other.coefficients,
            scores=self.scores + size * other.scores,
            bias=self.bias + size * other.bias,
        )

    def dot(self, coefficients: Floats, bias: Floats) -> float:
        """Return the inner product with another kernel and bias."""
        kernels = float(np.vdot(self.scores, coefficients)) / len(self.scores)
        return kernels + float(np.vdot(self.bias, bias))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Photos:
    """The training photos for Newton's method, all in memory.

    Attributes:
        features: Standardised features, shape ``(n, n_features)``.
        product: Maps ``x`` of shape ``(n, n_classes)`` to ``features @ (features.T @ x) / n``.
        targets: Class distributions, shape ``(n, n_classes)``.
        weights: Sample weights, shape ``(n, 1)``, with mean 1.
    """

    features: Floats
    product: Callable[[Floats], Floats]
    targets: Floats
    weights: Floats

    @classmethod
    def of(cls, features: Floats, targets: Floats, weights: Floats) -> Photos:
        """Create it from features, targets and weights.

        Args:
            features: Standardised features, shape ``(n, n_features)``.
            targets: Class distributions, shape ``(n, n_classes)``; rows sum to 1.
            weights: Sample weights, shape ``(n,)``, each at least 0, not all 0.
        """
        return cls(
            features=features,
            product=_outer_product(features, targets.shape[1]),
            targets=targets,
            weights=with_mean_one(weights)[:, np.newaxis],
        )

    def point(self, coefficients: Floats, bias: Floats) -> Point:
        """Return the head or step with these coefficients and this bias."""
        scores = self.product(coefficients)
        if not scores.any():
            # If all photos are equal, the coefficients have no effect, so nothing would limit them.
            coefficients = np.zeros_like(coefficients)
        return Point(coefficients=coefficients, scores=scores, bias=bias)

    def origin(self) -> Point:
        """Return the head with equal probabilities for all classes."""
        zeros = np.zeros_like(self.targets, np.float32)
        return Point(coefficients=zeros, scores=zeros, bias=zeros[0])

    def kernel(self, point: Point) -> Floats:
        """Return the kernel of a head, shape ``(n_features, n_classes)``."""
        return self.features.T @ (point.coefficients / np.float32(len(self.features)))

    def model(self, point: Point, l2: float) -> PhotoModel:
        """Return Newton's model of the objective around ``point``."""
        log_p = log_softmax(point.scores + point.bias)
        each = self.weights * self.targets * log_p
        kernel = float(np.vdot(point.coefficients, point.scores))
        p = np.exp(log_p)
        weighted = self.weights * p
        return PhotoModel(
            photos=self,
            point=point,
            l2=np.float32(l2),
            value=(0.5 * l2 * kernel - float(each.sum(dtype=np.float64))) / len(each),
            probabilities=p,
            weighted=weighted,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhotoModel:
    """Newton's model of the objective around a point, for photos in memory.

    Attributes:
        photos: The photos.
        point: The head.
        l2: L2 strength.
        value: Mean cross-entropy plus ``l2 / 2`` times the squared kernel. The bias has no penalty.
        probabilities: Class probabilities at the point, shape ``(n, n_classes)``.
        weighted: The probabilities times the sample weights.
    """

    photos: Photos
    point: Point
    l2: np.float32
    value: float
    probabilities: Floats
    weighted: Floats

    def downhill(self) -> Point:
        """The negative gradient of the objective. It takes one product."""
        error = self.photos.weights * self.photos.targets - self.weighted
        return self.photos.point(error - self.l2 * self.point.coefficients, error.mean(axis=0))

    def curve(self, direction: Point) -> tuple[Floats, Floats]:
        """Apply the second derivative, and return coefficients and bias."""
        change = direction.scores + direction.bias
        common = np.einsum("ij,ij->i", self.probabilities, change)[:, np.newaxis]
        second = self.weighted * (change - common)
        return second + self.l2 * direction.coefficients, second.mean(axis=0)

    def bias_curvature(self) -> Floats:
        """The curvature of the cross-entropy along each bias, shape ``(n_classes,)``."""
        return (self.weighted * (1 - self.probabilities)).mean(axis=0)

    def scaled(self, slope: Point, bias: Floats) -> Point:
        """Divide the kernel of a gradient by the L2 strength, and replace its bias."""
        share = np.float32(1) / self.l2
        return Point(
            coefficients=slope.coefficients * share, scores=slope.scores * share, bias=bias
        )


def with_mean_one(weights: Floats) -> Floats:
    """Divide weights by their mean."""
    return (weights / weights.mean(dtype=np.float64)).astype(np.float32)


def log_softmax(logits: NDArray[Any]) -> Floats:
    """Return log-probabilities from logits, along the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return log_p


def pairs_are_cheaper(*, photos: int, features: int, classes: int) -> bool:
    """Return whether computing the ``(n, n)`` matrix of products once is cheaper.

    >>> [pairs_are_cheaper(photos=n, features=2096, classes=30) for n in (3000, 4000)]
    [True, False]
    """
    making = photos**2 * features
    with_pairs = 2 * photos**2 * classes
    without = 4 * photos * features * classes
    return photos <= features or making + _PRODUCTS * with_pairs < _PRODUCTS * without


def _outer_product(features: Floats, classes: int) -> Callable[[Floats], Floats]:
    """Return the map from ``x`` to ``features @ (features.T @ x) / n``."""
    photos, width = features.shape
    share = np.float32(1 / photos)
    if not pairs_are_cheaper(photos=photos, features=width, classes=classes):
        return lambda x: features @ (features.T @ (share * x))
    gram = features @ features.T
    gram *= share
    return lambda x: gram @ x
