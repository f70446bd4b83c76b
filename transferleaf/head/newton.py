"""Newton's method for a linear softmax head, at one strength of the penalty after another.

Newton's equations are solved by conjugate gradients. In the metric of the kernel they are well
conditioned at every strength, because the curvature of the cross-entropy falls with the penalty.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np
from typing_extensions import Self

from transferleaf.head.space import Floats

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


class Point(Protocol):
    """A head, or a step from one head to another, in coordinates of its photos' choice."""

    @property
    def coefficients(self) -> Floats:
        """What stands for the kernel."""

    @property
    def bias(self) -> Floats:
        """Shape ``(n_classes,)``."""

    def plus(self, factor: float, other: Self) -> Self:
        """Return this point moved by ``factor`` times ``other``."""

    def dot(self, coefficients: Floats, bias: Floats) -> float:
        """Inner product with the kernel of ``coefficients``, plus that with ``bias``."""


_P = TypeVar("_P", bound=Point)


class Model(Protocol[_P]):
    """Newton's model of the objective around a point: its value, slope and curvature."""

    @property
    def value(self) -> float:
        """Mean cross-entropy plus half the penalty."""

    def downhill(self) -> _P:
        """The slope of the objective, with the sign turned."""

    def curve(self, direction: _P) -> tuple[Floats, Floats]:
        """Apply the second derivative; returns coefficients and bias."""

    def bias_curvature(self) -> Floats:
        """How much the cross-entropy curves along each bias, shape ``(n_classes,)``."""

    def scaled(self, slope: _P, bias: Floats) -> _P:
        """Divide a slope's kernel by the penalty's strength, and give it another bias."""


class Problem(Protocol[_P]):
    """The photos to learn from, in memory or on disk."""

    def point(self, coefficients: Floats, bias: Floats) -> _P:
        """Return the head, or the step, of these coefficients and this bias."""

    def origin(self) -> _P:
        """Return the head that gives every class the same probability."""

    def model(self, point: _P, l2: float) -> Model[_P]:
        """Make Newton's model of the objective around ``point``."""

    def kernel(self, point: _P) -> Floats:
        """The kernel of a head, shape ``(n_features, n_classes)``."""


def descend(photos: Problem[_P], start: _P, l2: float, *, tolerance: float) -> _P:
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
    model = photos.model(point, l2)
    for _ in range(_MAX_NEWTON_STEPS):
        negligible = tolerance * max(model.value, _NOTHING)
        step, gain = _newton_step(photos, model, negligible=negligible)
        for halving in range(_MAX_HALVINGS):
            moved = point.plus(0.5**halving, step)
            ahead = photos.model(moved, l2)
            if ahead.value <= model.value * (1 + _RESOLUTION):
                break
        else:
            return point
        point, model = moved, ahead
        if gain < negligible:
            return point
    return point


def extrapolate(path: Sequence[tuple[float, _P]], l2: float) -> _P:
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


def _newton_step(photos: Problem[_P], model: Model[_P], *, negligible: float) -> tuple[_P, float]:
    """Minimise Newton's model by conjugate gradients.

    Returns:
        The step, and what the model says that it gains.
    """
    residual = model.downhill()
    # Where every photo is sure of its class nothing curves; no bias moves by more than 10 then.
    curvature_of_bias = np.maximum(model.bias_curvature(), np.abs(residual.bias) / 10)
    curvature_of_bias = np.maximum(curvature_of_bias, np.finfo(np.float32).tiny)
    direction = _preconditioned(model, residual, curvature_of_bias)
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
        ahead = _preconditioned(model, residual, curvature_of_bias)
        before, steepness = steepness, ahead.dot(residual.coefficients, residual.bias)
        direction = ahead.plus(steepness / before, direction)
    return step, sum(gains)


def _preconditioned(model: Model[_P], slope: _P, curvature_of_bias: Floats) -> _P:
    """Divide by the least of the kernel's second derivatives, and by the bias' own."""
    bias = slope.bias / curvature_of_bias
    # Raising all biases alike changes no probability: nothing curves that way.
    return model.scaled(slope, bias - bias.mean())


def _is_solved(gains: Sequence[float], negligible: float) -> bool:
    """Whether the last conjugate steps gained little beside all, or beside what is negligible."""
    enough = max(_MODEL_TOLERANCE * sum(gains), 0.5 * negligible)
    return len(gains) >= _WINDOW and sum(gains[-_WINDOW:]) < enough
