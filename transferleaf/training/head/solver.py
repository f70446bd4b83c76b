"""The best linear head on fixed features: multinomial logistic regression, to convergence.

The problem is convex, so its answer depends neither on a learning rate nor on a seed, and it takes
seconds where gradient steps through a network take minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.training.head.newton import descend, extrapolate
from transferleaf.training.head.space import Floats, Photos, Point, log_softmax

# From strong to weak: the answers at two strengths foretell the next, and the search can stop when
# validation has become worse twice. On standardised features, per photo.
L2_STRENGTHS = (1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5)

# How far to descend, see ``descend``. On the way to the first strength the answers only have to
# foretell the next; comparing strengths takes validation losses to about two percent; from the
# returned head, further steps would move the objective by less than a hundredth of a percent.
_APPROACH_TOLERANCE = 1e-2
_SEARCH_TOLERANCE = 1e-3
_FINAL_TOLERANCE = 1e-5

# The answer moves in a straight line from one strength to the next if they are no further apart.
_APPROACH_RATIO = 5.0

# Photos that are standardised at a time, lest all features be held once more.
_BLOCK = 1024


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearHead:
    """A solved head: ``softmax(((features - mean) / scale) @ kernel + bias)``.

    Attributes:
        mean: Mean of each training feature, shape ``(n_features,)``.
        scale: What each is divided by, shape ``(n_features,)``; see ``feature_scale``.
        kernel: Shape ``(n_features, n_classes)``.
        bias: Shape ``(n_classes,)``.
        l2: The strength of the L2 penalty that validation chose.
        searched: ``(l2, validation loss)`` of each strength that was tried. These losses are good
            to about two percent, because only the chosen strength is solved to convergence.
    """

    mean: Floats
    scale: Floats
    kernel: Floats
    bias: Floats
    l2: float
    searched: tuple[tuple[float, float], ...] = ()

    def probabilities(self, features: Floats) -> Floats:
        """Class probabilities of ``features``, shape ``(n, n_classes)``."""
        logits = np.empty((len(features), len(self.bias)), np.float32)
        for rows in _blocks(features):
            logits[rows] = ((features[rows] - self.mean) / self.scale) @ self.kernel + self.bias
        return softmax(logits)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeadProblem:
    """Features, targets and weights of the photos that a head is solved on or judged by.

    Attributes:
        features: Shape ``(n, n_features)``.
        targets: Class distribution of each photo, shape ``(n, n_classes)``; rows sum to 1.
        weights: How much each photo counts, shape ``(n,)``, each at least 0, not all 0.
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

    Memory: one standardised copy of the training features, some twenty arrays of a number for each
    photo and class, and, where photos are no more than features, one for each pair of photos.

    Args:
        train: At least one photo.
        validation: Judges the strengths, by mean cross-entropy.
        widths: How many of the features come from each stage, in order; one stage where empty.
            See ``feature_scale``.
        strengths: L2 strengths to try, falling, each above 0.
        on_step: Called with the number of strengths tried and their total.

    Returns:
        The head at the strength of the smallest validation loss, solved to convergence.
    """
    mean = _mean(train.features)
    scale = feature_scale(train.features, widths)
    standardised = _standardise(train.features, mean, scale)
    photos = Photos.of(standardised, train.targets, train.weights)

    def head_at(point: Point, l2: float) -> LinearHead:
        kernel = standardised.T @ (point.coefficients / np.float32(len(standardised)))
        return LinearHead(mean=mean, scale=scale, kernel=kernel, bias=point.bias, l2=l2)

    path = _approach(photos, standardised.shape[1], strengths[0])
    losses: list[float] = []
    best = strengths[0], photos.origin()
    for tried, l2 in enumerate(strengths, start=1):
        point = descend(photos, extrapolate(path, l2), l2, tolerance=_SEARCH_TOLERANCE)
        path = [*path[-1:], (l2, point)]
        judged = head_at(point, l2).probabilities(validation.features)
        losses.append(mean_cross_entropy(judged, validation))
        if losses[-1] == min(losses):
            best = path[-1]
        if on_step is not None:
            on_step(tried, len(strengths))
        if tried > 2 and losses[-1] > losses[-2] > losses[-3]:
            break
    l2, point = best
    head = head_at(descend(photos, point, l2, tolerance=_FINAL_TOLERANCE), l2)
    return replace(head, searched=tuple(zip(strengths, losses, strict=False)))


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
    mean = _mean(features)
    squares = np.zeros(features.shape[1])
    for rows in _blocks(features):
        squares += np.square(features[rows] - mean).sum(axis=0, dtype=np.float64)
    spread = np.sqrt(squares / len(features))
    scale = np.where(spread > 1e-6, spread, 1.0)
    stages = np.array(widths or [features.shape[1]])
    return np.asarray(scale * np.repeat(np.sqrt(stages / stages.mean()), stages), np.float32)


def mean_cross_entropy(probabilities: Floats, problem: HeadProblem) -> float:
    """Weighted mean cross-entropy of ``probabilities``, shape ``(n, n_classes)``, in nats."""
    log_p = np.log(np.clip(probabilities, 1e-12, None))
    each = -(problem.targets * log_p).sum(axis=1)
    return float(np.average(each, weights=problem.weights))


def softmax(logits: NDArray[Any]) -> Floats:
    """Probabilities from logits, along the last axis."""
    probabilities: Floats = np.exp(log_softmax(logits))
    return probabilities


def _approach(photos: Photos, n_features: int, first: float) -> list[tuple[float, Point]]:
    """Follow the answer from a penalty that rules the objective down to near ``first``.

    Starting at ``first`` itself would take several times as many steps.

    Returns:
        ``(l2, answer)`` of at least one strength, falling, all above ``first``.
    """
    # Cross-entropy curves most along the features' main direction: by p (1 - p), about one over the
    # number of classes, times its variance, seen here to be an eighth of the sum of variances.
    strongest = max(n_features / (8 * photos.targets.shape[1]), first * _APPROACH_RATIO)
    steps = int(np.ceil(np.log(strongest / first) / np.log(_APPROACH_RATIO)))
    path: list[tuple[float, Point]] = []
    for l2 in np.geomspace(strongest, first, steps, endpoint=False).tolist():
        start = extrapolate(path, l2) if path else photos.origin()
        path.append((l2, descend(photos, start, l2, tolerance=_APPROACH_TOLERANCE)))
    return path


def _mean(features: Floats) -> Floats:
    """Mean of each feature, shape ``(n_features,)``, summed in double precision."""
    total = np.zeros(features.shape[1])
    for rows in _blocks(features):
        total += features[rows].sum(axis=0, dtype=np.float64)
    return (total / len(features)).astype(np.float32)


def _standardise(features: Floats, mean: Floats, scale: Floats) -> Floats:
    standardised = np.empty(features.shape, np.float32)
    for rows in _blocks(features):
        np.subtract(features[rows], mean, out=standardised[rows])
        standardised[rows] /= scale
    return standardised


def _blocks(features: Floats) -> Iterator[slice]:
    """Rows of ``features``, a block at a time."""
    return (slice(start, start + _BLOCK) for start in range(0, len(features), _BLOCK))
