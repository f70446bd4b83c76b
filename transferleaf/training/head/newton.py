"""Newton's method for a linear softmax head, at one strength of the penalty after another.

Newton's equations are solved by conjugate gradients. In the metric of the kernel they are well
conditioned at every strength, because the curvature of the cross-entropy falls with the penalty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transferleaf.training.head.space import Floats, Photos, Point, log_softmax

# Convergence comes long before; these keep an ill-posed problem from going on for ever.
_MAX_NEWTON_STEPS = 50
_MAX_CONJUGATE_STEPS = 200
_MAX_HALVINGS = 30

# One conjugate step may gain little by chance, four in a row hardly.
_WINDOW = 4

# Newton's model holds near its start only, so it is not worth solving to the last digit.
_MODEL_TOLERANCE = 0.1

# What single precision resolves of the objective, and of a squared slope.
_RESOLUTION = 1e-6
_SLOPE_RESOLUTION = 1e-10

# An objective below this, in nats, is as good as 0; it has no smallest value worth approaching
# where the bias alone tells every photo's class.
_NOTHING = 1e-5


def descend(photos: Photos, start: Point, l2: float, *, tolerance: float) -> Point:
    """Minimise the objective at strength ``l2``.

    Args:
        photos: The training photos.
        start: Where to start; the nearer to the answer, the fewer steps.
        l2: Strength of the penalty, above 0.
        tolerance: Ends the descent: the share of the objective that Newton's model expects one
            more step to gain.
    """
    # Not from the start's own scores: rounding would add up over the strengths.
    point = photos.point(start.coefficients, start.bias)
    value = photos.objective(point, l2)
    for _ in range(_MAX_NEWTON_STEPS):
        negligible = tolerance * max(value, _NOTHING)
        step, gain = _newton_step(photos, point, l2, negligible=negligible)
        for halving in range(_MAX_HALVINGS):
            moved = point.plus(0.5**halving, step)
            moved_value = photos.objective(moved, l2)
            if moved_value <= value * (1 + _RESOLUTION):
                break
        else:
            return point
        point, value = moved, moved_value
        if gain < negligible:
            return point
    return point


def extrapolate(path: Sequence[tuple[float, Point]], l2: float) -> Point:
    """Guess the answer at ``l2`` from the answers at the last two strengths.

    Along falling strengths the answer moves almost in a straight line in the logarithm of the
    strength. Starting from the guess saves most of the steps.

    Args:
        path: ``(l2, answer)`` of at least one strength, all different.
        l2: The next strength, above 0.
    """
    if len(path) < 2:
        return path[-1][1]
    (before_last, earlier), (last, now) = path[-2:]
    ahead = float(np.log(l2 / last) / np.log(last / before_last))
    return now.plus(ahead, now.plus(-1.0, earlier))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Model:
    """Newton's model of the objective around a point: its slope, and how that changes.

    Attributes:
        l2: Strength of the penalty.
        probabilities: At the point, shape ``(n, n_classes)``.
        weighted: Probabilities times the photos' weights.
        bias_curvature: How much the cross-entropy curves along each bias, shape ``(n_classes,)``.
        downhill: The slope of the objective, with the sign turned.
    """

    l2: np.float32
    probabilities: Floats
    weighted: Floats
    bias_curvature: Floats
    downhill: Point

    @classmethod
    def at(cls, point: Point, photos: Photos, l2: float) -> _Model:
        """Make the model at ``point``."""
        p = np.exp(log_softmax(point.scores + point.bias))
        weighted = photos.weights * p
        error = photos.weights * photos.targets - weighted
        bias = error.mean(axis=0)
        # Where every photo is sure of its class nothing curves; no bias moves by more than 10 then.
        curvature = np.maximum((weighted * (1 - p)).mean(axis=0), np.abs(bias) / 10)
        return cls(
            l2=np.float32(l2),
            probabilities=p,
            weighted=weighted,
            bias_curvature=np.maximum(curvature, np.finfo(np.float32).tiny),
            downhill=photos.point(error - np.float32(l2) * point.coefficients, bias),
        )

    def curve(self, direction: Point) -> tuple[Floats, Floats]:
        """Apply the second derivative; returns coefficients and bias."""
        change = direction.scores + direction.bias
        common = np.einsum("ij,ij->i", self.probabilities, change)[:, np.newaxis]
        second = self.weighted * (change - common)
        return second + self.l2 * direction.coefficients, second.mean(axis=0)

    def precondition(self, slope: Point) -> Point:
        """Divide by the least of the kernel's second derivatives, and by the bias' own."""
        share = np.float32(1) / self.l2
        bias = slope.bias / self.bias_curvature
        return Point(
            coefficients=slope.coefficients * share,
            scores=slope.scores * share,
            # Raising all biases alike changes no probability: nothing curves that way.
            bias=bias - bias.mean(),
        )


def _newton_step(
    photos: Photos, point: Point, l2: float, *, negligible: float
) -> tuple[Point, float]:
    """Minimise Newton's model at ``point`` by conjugate gradients.

    Returns:
        The step, and what the model says that it gains.
    """
    model = _Model.at(point, photos, l2)
    residual = model.downhill
    direction = model.precondition(residual)
    steepness = steepest = direction.dot(residual.coefficients, residual.bias)
    step = photos.origin()
    gains: list[float] = []
    for _ in range(_MAX_CONJUGATE_STEPS):
        coefficients, bias = model.curve(direction)
        curvature = direction.dot(coefficients, bias)
        if curvature <= 0 or steepness <= _SLOPE_RESOLUTION * steepest:
            break  # what is left is rounding
        length = steepness / curvature
        step = step.plus(length, direction)
        gains.append(0.5 * length * steepness)
        if _is_solved(gains, negligible):
            break
        size = np.float32(length)
        residual = photos.point(
            residual.coefficients - size * coefficients, residual.bias - size * bias
        )
        ahead = model.precondition(residual)
        before, steepness = steepness, ahead.dot(residual.coefficients, residual.bias)
        direction = ahead.plus(steepness / before, direction)
    return step, sum(gains)


def _is_solved(gains: Sequence[float], negligible: float) -> bool:
    """Whether the last conjugate steps gained little beside all, or beside what is negligible."""
    enough = max(_MODEL_TOLERANCE * sum(gains), 0.5 * negligible)
    return len(gains) >= _WINDOW and sum(gains[-_WINDOW:]) < enough
