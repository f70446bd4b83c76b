"""A linear softmax head seen from its training photos instead of their features.

At the best head every column of the kernel is a sum of the photos' features, so no other kernels
than ``features.T @ coefficients / n`` need be searched. All that the search then asks of the
features is one product a step, ``features @ (features.T @ x) / n``; where the photos are fewer than
the features, that is a small matrix, made once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Point:
    """A head, or a step from one head to another, seen from the training photos.

    Attributes:
        coefficients: Shape ``(n, n_classes)``; the kernel is ``features.T @ coefficients / n``.
        scores: ``features @ kernel``, shape ``(n, n_classes)``: logits without the bias.
        bias: Shape ``(n_classes,)``.
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
        """Inner product with the kernel of ``coefficients``, plus that with ``bias``."""
        kernels = float(np.vdot(self.scores, coefficients)) / len(self.scores)
        return kernels + float(np.vdot(self.bias, bias))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Photos:
    """The training photos, as Newton's method needs them.

    Attributes:
        product: Takes ``x`` of shape ``(n, n_classes)`` to ``features @ (features.T @ x) / n``.
        targets: Class distribution of each photo, shape ``(n, n_classes)``.
        weights: How much each photo counts, shape ``(n, 1)``; their mean is 1.
    """

    product: Callable[[Floats], Floats]
    targets: Floats
    weights: Floats

    @classmethod
    def of(cls, features: Floats, targets: Floats, weights: Floats) -> Photos:
        """Prepare photos.

        Args:
            features: Standardised, shape ``(n, n_features)``.
            targets: Shape ``(n, n_classes)``; rows sum to 1.
            weights: Shape ``(n,)``, each at least 0, not all 0.
        """
        mean_one = (weights / weights.mean(dtype=np.float64)).astype(np.float32)
        return cls(
            product=_outer_product(features), targets=targets, weights=mean_one[:, np.newaxis]
        )

    def point(self, coefficients: Floats, bias: Floats) -> Point:
        """Return the head, or the step, of these coefficients and this bias."""
        scores = self.product(coefficients)
        if not scores.any():
            # Photos all alike: no coefficients matter, so nothing would keep them from growing.
            coefficients = np.zeros_like(coefficients)
        return Point(coefficients=coefficients, scores=scores, bias=bias)

    def origin(self) -> Point:
        """Return the head that gives every class the same probability."""
        zeros = np.zeros_like(self.targets, np.float32)
        return Point(coefficients=zeros, scores=zeros, bias=zeros[0])

    def objective(self, point: Point, l2: float) -> float:
        """Mean cross-entropy plus ``l2 / 2`` times the squared kernel; the bias is free."""
        each = self.weights * self.targets * log_softmax(point.scores + point.bias)
        kernel = float(np.vdot(point.coefficients, point.scores))
        return (0.5 * l2 * kernel - float(each.sum(dtype=np.float64))) / len(each)


def log_softmax(logits: NDArray[Any]) -> Floats:
    """Logarithms of probabilities from logits, along the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return log_p


def _outer_product(features: Floats) -> Callable[[Floats], Floats]:
    """Return the map from ``x`` to ``features @ (features.T @ x) / n``."""
    photos, width = features.shape
    share = np.float32(1 / photos)
    if photos > width:
        return lambda x: features @ (features.T @ (share * x))
    gram = features @ features.T
    gram *= share
    return lambda x: gram @ x
