"""LogME: how probable labels are given features, whatever the weights of a linear model.

Unlike the accuracy of one trained classifier it needs no folds, and cannot overfit, because all
classifiers are averaged over; the two strengths in it are those that make the labels likeliest.

Source:
    You, Liu, Wang and Long, "LogME: Practical Assessment of Pre-trained Models for Transfer
    Learning" (ICML 2021), algorithm 1; features go in as they are, without an offset.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

# The fixed point is near after ten steps, as in the paper; these settle the last digits.
_STEPS = 100
_TOLERANCE = 1e-6

# Keeps a perfect fit, or features that are all 0, from dividing by 0.
_TINY = 1e-12


def logme(features: NDArray[Any], labels: NDArray[np.integer[Any]]) -> float:
    """Return the log evidence of one-hot labels, the mean over photos and classes, in nats.

    Args:
        features: Shape ``(n, width)``.
        labels: Class numbers, shape ``(n,)``.

    Returns:
        Higher where features tell the classes better. To be compared between features of the same
        photos only.

    >>> told, noise = np.eye(2)[[0, 1] * 20], np.ones((40, 2))
    >>> logme(told, np.array([0, 1] * 20)) > logme(noise, np.array([0, 1] * 20))
    True
    """
    rows, width = features.shape
    targets = np.eye(int(labels.max()) + 1)[:, np.unique(labels)][labels]
    left, singular = _decomposed(np.asarray(features, np.float64))
    squares, along = np.square(singular), np.square(left.T @ targets)
    # What no weights can fit; rounding may take it below 0.
    outside = np.maximum(np.square(targets).sum(axis=0) - along.sum(axis=0), 0.0)
    values = [
        log_evidence(*_best_strengths(squares, own, out, rows), squares, own, out, rows, width)
        for own, out in zip(along.T, outside, strict=True)
    ]
    return float(np.mean(values)) / rows


def log_evidence(
    alpha: float,
    beta: float,
    squares: Float64,
    along: Float64,
    outside: float,
    rows: int,
    width: int,
) -> float:
    """Log evidence of one target at the given precisions.

    Args:
        alpha: Precision of the weights' prior, above 0.
        beta: Precision of the noise, above 0.
        squares: Squared singular values of the features, shape ``(rank,)``.
        along: Squared projections of the target on the left singular vectors, same shape.
        outside: Squared length of what remains of the target.
        rows: Number of photos.
        width: Number of features.
    """
    weights, misfit, _ = _posterior(alpha, beta, squares, along, outside)
    determinant = np.log(alpha + beta * squares).sum() + (width - len(squares)) * np.log(alpha)
    return float(
        0.5 * rows * np.log(beta / (2 * np.pi))
        + 0.5 * width * np.log(alpha)
        - 0.5 * beta * misfit
        - 0.5 * alpha * weights
        - 0.5 * determinant
    )


def _best_strengths(
    squares: Float64, along: Float64, outside: float, rows: int
) -> tuple[float, float]:
    """Precisions of weights and noise at the fixed point, where the evidence is largest."""
    alpha = beta = 1.0
    for _ in range(_STEPS):
        weights, misfit, determined = _posterior(alpha, beta, squares, along, outside)
        before = alpha / beta
        alpha = max(determined, _TINY) / max(weights, _TINY)
        beta = max(rows - determined, _TINY) / max(misfit, _TINY)
        if abs(alpha / beta - before) <= _TOLERANCE * before:
            break
    return alpha, beta


def _posterior(
    alpha: float, beta: float, squares: Float64, along: Float64, outside: float
) -> tuple[float, float, float]:
    """Squared weights, squared misfit, and how many weights the data determine."""
    share = beta * squares / (alpha + beta * squares)
    weights = float((beta**2 * squares * along / np.square(alpha + beta * squares)).sum())
    misfit = float((np.square(1 - share) * along).sum()) + float(outside)
    return weights, misfit, float(share.sum())


def _decomposed(features: Float64) -> tuple[Float64, Float64]:
    """Left singular vectors and singular values, those of next to nothing left out."""
    left, singular, _ = np.linalg.svd(features, full_matrices=False)
    kept = singular > singular.max(initial=0) * 1e-10
    return left[:, kept], singular[kept]
