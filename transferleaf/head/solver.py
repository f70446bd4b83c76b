"""The solver of the head: multinomial logistic regression on fixed features, to convergence.

The problem is convex, so the solution depends neither on a learning rate nor on a seed. It takes
seconds, while gradient training of a network takes minutes.
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

# In decreasing order: each solution helps to find the next, and the search can stop when the
# validation loss has increased twice. For standardised features, per photo.
L2_STRENGTHS = (1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5)

# Tolerances, see ``descend``. Before the first strength, the solutions only have to help find the
# next. Comparing strengths needs validation losses within about two percent. For the returned head,
# further steps would change the objective by less than 0.0001 %.
_APPROACH_TOLERANCE = 1e-2
_SEARCH_TOLERANCE = 1e-3
_FINAL_TOLERANCE = 1e-6

# Validation features are read and scaled only once if they take no more bytes than this.
_HELD_VALIDATION = 2**27

# Up to this ratio of two strengths, the solution is almost linear.
_APPROACH_RATIO = 5.0

_P = TypeVar("_P", bound=Point)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearHead:
    """A solved head: ``softmax(scaling.apply(features) @ kernel + bias)``.

    With several domains, each class has an output for each domain, and its probability is their
    sum.

    Attributes:
        scaling: The scaling of the features.
        kernel: The kernel, shape ``(n_features, domains * n_classes)``.
        bias: The bias, shape ``(domains * n_classes,)``.
        l2: The selected L2 strength.
        searched: ``(l2, validation loss)`` of each tried strength. These losses are accurate within
            about two percent, because only the selected strength is solved to convergence.
        domains: Number of domains.
    """

    scaling: FeatureScaling
    kernel: Floats
    bias: Floats
    l2: float
    searched: tuple[tuple[float, float], ...] = ()
    domains: int = 1

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.bias) // self.domains

    def probabilities(self, features: Rows) -> Floats:
        """Return class probabilities of ``features``, shape ``(n, n_classes)``."""
        scaled = ScaledRows(features, self.scaling)
        return over_domains(_probabilities(scaled, self.kernel, self.bias), self.domains)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeadProblem:
    """Features, targets and weights of the photos for solving or validating a head.

    Attributes:
        features: Features, shape ``(n, n_features)``: an array, or rows on disk.
        targets: Class distributions, shape ``(n, domains * n_classes)``; rows sum to 1. The classes
            of the first domain come first.
        weights: Sample weights, shape ``(n,)``, each at least 0, not all 0.
        domains: Number of domains.
    """

    features: Rows
    targets: Floats
    weights: Floats
    domains: int = 1


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
    """Fit the head on ``train`` with the L2 strength that is best on ``validation``.

    If ``memory`` is enough, it takes a standardised copy of the training features, about twenty
    arrays of shape ``(n, n_classes)`` and, if there are not many more photos than features, one of
    shape ``(n, n)``. Otherwise, the features are read again in each of about three hundred passes,
    block by block, and the result is the same up to rounding.

    Args:
        train: The training photos, at least one.
        validation: The photos that select the L2 strength, by mean cross-entropy.
        groups: The feature groups, in order. Empty: a single group. See ``FeatureScaling.of``.
        strengths: L2 strengths to try, decreasing, each above 0.
        on_step: Called with the number of tried strengths and their total.
        stop: Called after each strength. Returns whether the search must end for lack of time.
        memory: Memory limit for the training photos, in bytes; see ``head_memory``.

    Returns:
        The head with the smallest validation loss, solved to convergence.

    Raises:
        ConfigError: ``memory``, or its environment variable, is not a size above 0.
    """
    classes = train.targets.shape[1]
    in_memory = fits_in_memory(train.features, classes=classes, memory=memory)
    # If rows on disk fit in memory, they are read once, and the copy is scaled in place.
    rows = in_memory_copy(train.features) if in_memory else train.features
    scaling = FeatureScaling.of(rows, groups)
    seen: Rows = ScaledRows(validation.features, scaling)
    if in_memory and 4 * len(seen) * seen.shape[1] <= _HELD_VALIDATION:
        seen = in_memory_copy(seen)
    search = _Search(
        scaling=scaling,
        validation=replace(
            validation,
            features=seen,
            targets=over_domains(validation.targets, validation.domains),
            domains=1,
        ),
        domains=train.domains,
        strengths=strengths,
        on_step=on_step,
        stop=stop,
    )
    if isinstance(rows, np.ndarray) and in_memory:  # a separate copy
        scaling.apply_in_place(rows)
        return search.best(Photos.of(rows, train.targets, train.weights), train)
    photos = PassedPhotos.of(rows, train.targets, train.weights, scaling=scaling)
    return search.best(photos, train)


def fits_in_memory(features: Rows, *, classes: int, memory: int | None = None) -> bool:
    """Return whether ``solve_head`` keeps all training photos in memory."""
    photos, width = features.shape
    return memory_in_one_piece(photos=photos, features=width, classes=classes) <= head_memory(
        memory
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Search:
    """The search of the L2 strength, for photos in memory or on disk; see ``solve_head``.

    The features of ``validation`` are already scaled.
    """

    scaling: FeatureScaling
    validation: HeadProblem
    domains: int
    strengths: Sequence[float]
    on_step: Callable[[int, int], None] | None
    stop: Callable[[], bool] | None

    def best(self, photos: Problem[_P], train: HeadProblem) -> LinearHead:
        """Return the converged head with the smallest validation loss."""
        path = _approach(photos, train, self.strengths[0])
        losses: list[float] = []
        best = self.strengths[0], photos.origin()
        for tried, l2 in enumerate(self.strengths, start=1):
            point = descend(photos, extrapolate(path, l2), l2, tolerance=_SEARCH_TOLERANCE)
            path = [*path[-1:], (l2, point)]
            judged = _probabilities(self.validation.features, photos.kernel(point), point.bias)
            judged = over_domains(judged, self.domains)
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
        return LinearHead(
            scaling=self.scaling, kernel=kernel, bias=point.bias, l2=l2, domains=self.domains
        )


def _probabilities(scaled: Rows, kernel: Floats, bias: Floats) -> Floats:
    """Return class probabilities of scaled features, computed block by block."""
    logits = np.empty((len(scaled), len(bias)), np.float32)
    for block in blocks(scaled):
        logits[block] = scaled[block] @ kernel + bias
    return softmax(logits)


def over_domains(shares: Floats, domains: int) -> Floats:
    """Add the shares of each class over all domains.

    Args:
        shares: Shape ``(n, domains * n_classes)``, the classes of the first domain first.
        domains: Number of domains.

    Returns:
        Shape ``(n, n_classes)``.
    """
    if domains == 1:
        return shares
    added: Floats = shares.reshape(len(shares), domains, -1).sum(axis=1)
    return added


def mean_cross_entropy(probabilities: Floats, problem: HeadProblem) -> float:
    """Return the weighted mean cross-entropy, in nats, of probabilities ``(n, n_classes)``."""
    log_p = np.log(np.clip(probabilities, 1e-12, None))
    each = -(problem.targets * log_p).sum(axis=1)
    return float(np.average(each, weights=problem.weights))


def softmax(logits: NDArray[Any]) -> Floats:
    """Return probabilities from logits, along the last axis."""
    probabilities: Floats = np.exp(log_softmax(logits))
    return probabilities


def _approach(photos: Problem[_P], train: HeadProblem, first: float) -> list[tuple[float, _P]]:
    """Follow the solution from a dominating penalty to near ``first``.

    Starting at ``first`` directly would take several times as many steps.

    Returns:
        ``(l2, solution)`` of at least one strength, decreasing, all above ``first``.
    """
    # The largest curvature of the cross-entropy is p (1 - p), about one over the number of classes,
    # times the variance along the main direction of the features, which is about an eighth of the
    # total variance in our measurements.
    usual = train.features.shape[1] / (8 * train.targets.shape[1])
    strongest = max(usual, first * _APPROACH_RATIO)
    steps = int(np.ceil(np.log(strongest / first) / np.log(_APPROACH_RATIO)))
    path: list[tuple[float, _P]] = []
    for l2 in np.geomspace(strongest, first, steps, endpoint=False).tolist():
        start = extrapolate(path, l2) if path else photos.origin()
        path.append((l2, descend(photos, start, l2, tolerance=_APPROACH_TOLERANCE)))
    return path
