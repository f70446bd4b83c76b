"""The best linear head on fixed features: multinomial logistic regression, to convergence.

The problem is convex, so its answer depends neither on a learning rate nor on a seed, and it takes
seconds where gradient steps through a network take minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float32]

# From strong to weak: each answer is a good start for the next, and the search can stop when
# validation has become worse twice. On standardised features, per photo.
L2_STRENGTHS = (1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5)

# L-BFGS iterations; the solution moves by less than a tenth of a point of accuracy long before.
_MAX_ITERATIONS = 300


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearHead:
    """A solved head: ``softmax(((features - mean) / scale) @ kernel + bias)``.

    Attributes:
        mean: Mean of each training feature, shape ``(n_features,)``.
        scale: What each is divided by, shape ``(n_features,)``; see ``feature_scale``.
        kernel: Shape ``(n_features, n_classes)``.
        bias: Shape ``(n_classes,)``.
        l2: The strength of the L2 penalty that validation chose.
        searched: ``(l2, validation loss)`` of each strength that was tried.
    """

    mean: Floats
    scale: Floats
    kernel: Floats
    bias: Floats
    l2: float
    searched: tuple[tuple[float, float], ...] = ()

    def probabilities(self, features: Floats) -> Floats:
        """Class probabilities of ``features``, shape ``(n, n_classes)``."""
        return softmax(((features - self.mean) / self.scale) @ self.kernel + self.bias)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeadProblem:
    """Features, targets and weights of the photos that a head is solved on or judged by.

    Attributes:
        features: Shape ``(n, n_features)``.
        targets: Class distribution of each photo, shape ``(n, n_classes)``; rows sum to 1.
        weights: How much each photo counts, shape ``(n,)``, each at least 0.
    """

    features: Floats
    targets: Floats
    weights: Floats


def solve_head(
    train: HeadProblem,
    validation: HeadProblem,
    *,
    widths: Sequence[int] = (),
    strengths: Sequence[float] = L2_STRENGTHS,
    on_step: Callable[[int, int], None] | None = None,
) -> LinearHead:
    """Fit the head on ``train`` at the L2 strength that serves ``validation`` best.

    Args:
        train: At least one photo.
        validation: Judges the strengths, by mean cross-entropy.
        widths: How many of the features come from each stage, in order; one stage where empty.
            See ``feature_scale``.
        strengths: L2 strengths to try, from strong to weak.
        on_step: Called with the number of strengths tried and their total.

    Returns:
        The head with the smallest validation loss.
    """
    mean = train.features.mean(axis=0)
    scale = feature_scale(train.features, widths)
    standardised = (train.features - mean) / scale
    n_classes = train.targets.shape[1]
    solution = np.zeros((train.features.shape[1] + 1, n_classes), np.float32)
    heads: list[LinearHead] = []
    losses: list[float] = []
    for tried, l2 in enumerate(strengths, start=1):
        solution = _descend(standardised, train, l2, start=solution)
        head = LinearHead(mean=mean, scale=scale, kernel=solution[:-1], bias=solution[-1], l2=l2)
        heads.append(head)
        losses.append(mean_cross_entropy(head.probabilities(validation.features), validation))
        if on_step is not None:
            on_step(tried, len(strengths))
        if tried > 2 and losses[-1] > losses[-2] > losses[-3]:
            break
    best = heads[int(np.argmin(losses))]
    searched = tuple(zip(strengths, losses, strict=False))
    return LinearHead(
        mean=mean, scale=scale, kernel=best.kernel, bias=best.bias, l2=best.l2, searched=searched
    )


def feature_scale(features: Floats, widths: Sequence[int]) -> Floats:
    """What features are divided by, so that stages of different width weigh alike.

    After division by its standard deviation every feature has the same variance, so a stage of 1280
    channels would have 80 times the say of one of 16 under a common L2 penalty. Dividing by the
    root of the stage's width as well gives each stage the same total variance.

    Args:
        features: Shape ``(n, n_features)``.
        widths: How many features come from each stage, in order; one stage where empty.

    Returns:
        Shape ``(n_features,)``, each above 0; constant features count as of standard deviation 1.
    """
    spread = features.std(axis=0)
    scale = np.where(spread > 1e-6, spread, 1.0)
    stages = np.array(widths or [features.shape[1]])
    return (scale * np.repeat(np.sqrt(stages / stages.mean()), stages)).astype(np.float32)


def _descend(standardised: Floats, train: HeadProblem, l2: float, *, start: Floats) -> Floats:
    """Minimise mean cross-entropy plus ``l2 / 2`` times the squared kernel; the bias is free."""
    share = (train.weights / train.weights.sum())[:, None]

    def loss_and_gradient(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        solution = flat.reshape(start.shape).astype(np.float32)
        kernel, bias = solution[:-1], solution[-1]
        log_p = log_softmax(standardised @ kernel + bias)
        loss = -float((share * train.targets * log_p).sum())
        error = share * (np.exp(log_p) - train.targets)
        gradient = np.empty(start.shape, np.float64)
        gradient[:-1] = standardised.T @ error + l2 * kernel
        gradient[-1] = error.sum(axis=0)
        return loss + 0.5 * l2 * float((kernel**2).sum()), gradient.ravel()

    answer = minimize(
        loss_and_gradient,
        start.ravel().astype(np.float64),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": _MAX_ITERATIONS, "ftol": 1e-7, "gtol": 1e-6},
    )
    return np.asarray(answer.x, np.float32).reshape(start.shape)


def mean_cross_entropy(probabilities: Floats, problem: HeadProblem) -> float:
    """Weighted mean cross-entropy of ``probabilities``, shape ``(n, n_classes)``, in nats."""
    log_p = np.log(np.clip(probabilities, 1e-12, None))
    each = -(problem.targets * log_p).sum(axis=1)
    return float(np.average(each, weights=problem.weights))


def softmax(logits: NDArray[Any]) -> Floats:
    """Probabilities from logits, along the last axis."""
    return np.exp(log_softmax(logits))


def log_softmax(logits: NDArray[Any]) -> Floats:
    """Logarithms of probabilities from logits, along the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
