"""Newton's method for a linear softmax head, for a sequence of L2 strengths.

The Newton equations are solved by conjugate gradients. In the metric of the kernel, they are well
conditioned for every strength, because the curvature of the cross-entropy decreases with the
penalty.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np
from typing_extensions import Self

from transferleaf.head.space import Floats

# Usually it converges much earlier. These limits end ill-posed problems.
_MAX_NEWTON_STEPS = 50
_MAX_CONJUGATE_STEPS = 200
_MAX_HALVINGS = 30

# A single conjugate step may gain little by chance, but hardly four in a row.
_WINDOW = 4

# Newton's model is only valid near the start, so a rough solution is enough.
_MODEL_TOLERANCE = 0.1

# The resolution of single precision for the objective and for a squared gradient.
_RESOLUTION = 1e-6
_SLOPE_RESOLUTION = 1e-10

# An objective below this value, in nats, counts as 0. It has no minimum if the bias alone
# determines the class of every photo.
_NOTHING = 1e-5


class Point(Protocol):
    """A head, or a step between two heads, in the coordinates of the problem."""

    @property
    def coefficients(self) -> Floats:
        """The coordinates of the kernel."""

    @property
    def bias(self) -> Floats:
        """The bias, shape ``(n_classes,)``."""

    def plus(self, factor: float, other: Self) -> Self:
        """Return this point moved by ``factor`` times ``other``."""

    def dot(self, coefficients: Floats, bias: Floats) -> float:
        """Return the inner product with another kernel and bias."""


_P = TypeVar("_P", bound=Point)


class Model(Protocol[_P]):
    """Newton's model of the objective around a point: value, gradient and curvature."""

    @property
    def value(self) -> float:
        """Mean cross-entropy plus half the penalty."""

    def downhill(self) -> _P:
        """The negative gradient of the objective."""

    def curve(self, direction: _P) -> tuple[Floats, Floats]:
        """Apply the second derivative, and return coefficients and bias."""

    def bias_curvature(self) -> Floats:
        """The curvature of the cross-entropy along each bias, shape ``(n_classes,)``."""

    def scaled(self, slope: _P, bias: Floats) -> _P:
        """Divide the kernel of a gradient by the L2 strength, and replace its bias."""


class Problem(Protocol[_P]):
    """The training photos, in memory or on disk."""

    def point(self, coefficients: Floats, bias: Floats) -> _P:
        """Return the head or step with these coefficients and this bias."""

    def origin(self) -> _P:
        """Return the head with equal probabilities for all classes."""

    def model(self, point: _P, l2: float) -> Model[_P]:
        """Return Newton's model of the objective around ``point``."""

    def kernel(self, point: _P) -> Floats:
        """The kernel of a head, shape ``(n_features, n_classes)``."""


def descend(photos: Problem[_P], start: _P, l2: float, *, tolerance: float) -> _P:
    """Minimise the objective for the L2 strength ``l2``.

    Args:
        photos: The training photos.
        start: The start. Fewer steps are needed if it is near the solution.
        l2: L2 strength, above 0.
        tolerance: Stop when the expected gain of another step is below this fraction of the
            objective.
    """
    # The scores of the start are computed again, because their rounding errors would add up.
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
    """Extrapolate the solution at ``l2`` from the solutions at the last two strengths.

    For decreasing strengths, the solution is almost linear in the logarithm of the strength.
    Starting from the extrapolation saves most of the steps.

    Args:
        path: ``(l2, solution)`` of at least one strength, all different.
        l2: The next L2 strength, above 0.
    """
    if len(path) < 2:
        return path[-1][1]
    (before_last, earlier), (last, now) = path[-2:]
    ahead = float(np.log(l2 / last) / np.log(last / before_last))
    return now.plus(ahead, now.plus(-1.0, earlier))


def _newton_step(photos: Problem[_P], model: Model[_P], *, negligible: float) -> tuple[_P, float]:
    """Minimise Newton's model by conjugate gradients.

    Returns:
        The step, and the gain that the model predicts.
    """
    residual = model.downhill()
    # If all predictions are certain, the curvature is 0. The bias then changes by at most 10.
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
            break  # the rest is rounding
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
    """Divide by the smallest second derivative of the kernel, and by that of each bias."""
    bias = slope.bias / curvature_of_bias
    # Adding a constant to all biases changes no probability, so this direction has no curvature.
    return model.scaled(slope, bias - bias.mean())


def _is_solved(gains: Sequence[float], negligible: float) -> bool:
    """Return whether the last conjugate steps gained little, relative to all or absolutely."""
    enough = max(_MODEL_TOLERANCE * sum(gains), 0.5 * negligible)
    return len(gains) >= _WINDOW and sum(gains[-_WINDOW:]) < enough
