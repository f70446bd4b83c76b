"""The best linear head on fixed features: multinomial logistic regression, to convergence.

The problem is convex, so its answer depends neither on a learning rate nor on a seed, and it takes
seconds where gradient steps through a network take minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.memory import head_memory, memory_in_one_piece
from transferleaf.head.newton import Point, Problem, descend, extrapolate
from transferleaf.head.passes import PassedPhotos
from transferleaf.head.rows import Rows, blocks, in_memory_copy
from transferleaf.head.scaling import FeatureScaling, ScaledRows
from transferleaf.head.space import Floats, Photos, log_softmax

# From strong to weak: the answers at two strengths foretell the next, and the search can stop when
# validation has become worse twice. On standardised features, per photo.
L2_STRENGTHS = (1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5)

# How far to descend, see ``descend``. On the way to the first strength the answers only have to
# foretell the next; comparing strengths takes validation losses to about two percent; from the
# returned head, further steps would move the objective by less than a ten-thousandth of a percent.
_APPROACH_TOLERANCE = 1e-2
_SEARCH_TOLERANCE = 1e-3
_FINAL_TOLERANCE = 1e-6

# Validation features are read and scaled once if they take no more bytes than this.
_HELD_VALIDATION = 2**27

# The answer moves in a straight line from one strength to the next if they are no further apart.
_APPROACH_RATIO = 5.0

_P = TypeVar("_P", bound=Point)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearHead:
    """A solved head: ``softmax(scaling.apply(features) @ kernel + bias)``.

    Attributes:
        scaling: Puts features on one scale.
        kernel: Shape ``(n_features, n_classes)``.
        bias: Shape ``(n_classes,)``.
        l2: The strength of the L2 penalty that validation chose.
        searched: ``(l2, validation loss)`` of each strength that was tried. These losses are good
            to about two percent, because only the chosen strength is solved to convergence.
    """

    scaling: FeatureScaling
    kernel: Floats
    bias: Floats
    l2: float
    searched: tuple[tuple[float, float], ...] = ()

    def probabilities(self, features: Rows) -> Floats:
        """Class probabilities of ``features``, shape ``(n, n_classes)``."""
        return _probabilities(ScaledRows(features, self.scaling), self.kernel, self.bias)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeadProblem:
    """Features, targets and weights of the photos that a head is solved on or judged by.

    Attributes:
        features: Shape ``(n, n_features)``; an array, or rows on disk.
        targets: Class distribution of each photo, shape ``(n, n_classes)``; rows sum to 1.
        weights: How much each photo counts, shape ``(n,)``, each at least 0, not all 0.
    """

    features: Rows
    targets: Floats
    weights: Floats


def solve_head(
    train: HeadProblem,
    validation: HeadProblem,
    *,
    groups: Sequence[FeatureGroup] = (),
    strengths: Sequence[float] = L2_STRENGTHS,
    on_step: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
    memory: int | None = None,
) -> LinearHead:
    """Fit the head on ``train`` at the L2 strength that serves ``validation`` best.

    Where ``memory`` is enough it takes one standardised copy of the training features, some twenty
    arrays of a number for each photo and class, and, where photos are not many more than features,
    one for each pair of photos. Where it is not, the features are read again in each of some three
    hundred passes, a block at a time, and the answer is the same within rounding.

    Args:
        train: At least one photo.
        validation: Judges the strengths, by mean cross-entropy.
        groups: Where the features come from, in order; one group where empty. See
            ``FeatureScaling.of``.
        strengths: L2 strengths to try, falling, each above 0.
        on_step: Called with the number of strengths tried and their total.
        stop: Asked after each strength whether to try no further one, for want of time.
        memory: Bytes that the training photos may take; see ``head_memory``.

    Returns:
        The head at the strength of the smallest validation loss, solved to convergence.

    Raises:
        ConfigError: ``memory``, or the variable that says it, is no size above 0.
    """
    classes = train.targets.shape[1]
    in_memory = fits_in_memory(train.features, classes=classes, memory=memory)
    # Rows on disk are read once where they fit, and the copy is scaled in place.
    rows = in_memory_copy(train.features) if in_memory else train.features
    scaling = FeatureScaling.of(rows, groups)
    seen: Rows = ScaledRows(validation.features, scaling)
    if in_memory and 4 * len(seen) * seen.shape[1] <= _HELD_VALIDATION:
        seen = in_memory_copy(seen)
    search = _Search(
        scaling=scaling,
        validation=replace(validation, features=seen),
        strengths=strengths,
        on_step=on_step,
        stop=stop,
    )
    if isinstance(rows, np.ndarray) and in_memory:  # our own copy
        scaling.apply_in_place(rows)
        return search.best(Photos.of(rows, train.targets, train.weights), train)
    photos = PassedPhotos.of(rows, train.targets, train.weights, scaling=scaling)
    return search.best(photos, train)


def fits_in_memory(features: Rows, *, classes: int, memory: int | None = None) -> bool:
    """Whether ``solve_head`` holds all training photos in memory."""
    photos, width = features.shape
    return memory_in_one_piece(photos=photos, features=width, classes=classes) <= head_memory(
        memory
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Search:
    """The search along the strengths, for photos in memory or on disk; see ``solve_head``.

    The features of ``validation`` are scaled.
    """

    scaling: FeatureScaling
    validation: HeadProblem
    strengths: Sequence[float]
    on_step: Callable[[int, int], None] | None
    stop: Callable[[], bool] | None

    def best(self, photos: Problem[_P], train: HeadProblem) -> LinearHead:
        """Return the head at the strength of the smallest validation loss, converged."""
        path = _approach(photos, train, self.strengths[0])
        losses: list[float] = []
        best = self.strengths[0], photos.origin()
        for tried, l2 in enumerate(self.strengths, start=1):
            point = descend(photos, extrapolate(path, l2), l2, tolerance=_SEARCH_TOLERANCE)
            path = [*path[-1:], (l2, point)]
            judged = _probabilities(self.validation.features, photos.kernel(point), point.bias)
            losses.append(mean_cross_entropy(judged, self.validation))
            if losses[-1] == min(losses):
                best = path[-1]
            if self.on_step is not None:
                self.on_step(tried, len(self.strengths))
            if self.stop is not None and self.stop():
                break
            if tried > 2 and losses[-1] > losses[-2] > losses[-3]:
                break
        l2, point = best
        head = self._head(photos, descend(photos, point, l2, tolerance=_FINAL_TOLERANCE), l2)
        return replace(head, searched=tuple(zip(self.strengths, losses, strict=False)))

    def _head(self, photos: Problem[_P], point: _P, l2: float) -> LinearHead:
        kernel = photos.kernel(point)
        return LinearHead(scaling=self.scaling, kernel=kernel, bias=point.bias, l2=l2)


def _probabilities(scaled: Rows, kernel: Floats, bias: Floats) -> Floats:
    """Class probabilities of scaled features, a block at a time."""
    logits = np.empty((len(scaled), len(bias)), np.float32)
    for block in blocks(scaled):
        logits[block] = scaled[block] @ kernel + bias
    return softmax(logits)


def mean_cross_entropy(probabilities: Floats, problem: HeadProblem) -> float:
    """Weighted mean cross-entropy of ``probabilities``, shape ``(n, n_classes)``, in nats."""
    log_p = np.log(np.clip(probabilities, 1e-12, None))
    each = -(problem.targets * log_p).sum(axis=1)
    return float(np.average(each, weights=problem.weights))


def softmax(logits: NDArray[Any]) -> Floats:
    """Probabilities from logits, along the last axis."""
    probabilities: Floats = np.exp(log_softmax(logits))
    return probabilities


def _approach(photos: Problem[_P], train: HeadProblem, first: float) -> list[tuple[float, _P]]:
    """Follow the answer from a penalty that rules the objective down to near ``first``.

    Starting at ``first`` itself would take several times as many steps.

    Returns:
        ``(l2, answer)`` of at least one strength, falling, all above ``first``.
    """
    # Cross-entropy curves most along the features' main direction: by p (1 - p), about one over the
    # number of classes, times its variance, seen here to be an eighth of the sum of variances.
    usual = train.features.shape[1] / (8 * train.targets.shape[1])
    strongest = max(usual, first * _APPROACH_RATIO)
    steps = int(np.ceil(np.log(strongest / first) / np.log(_APPROACH_RATIO)))
    path: list[tuple[float, _P]] = []
    for l2 in np.geomspace(strongest, first, steps, endpoint=False).tolist():
        start = extrapolate(path, l2) if path else photos.origin()
        path.append((l2, descend(photos, start, l2, tolerance=_APPROACH_TOLERANCE)))
    return path
