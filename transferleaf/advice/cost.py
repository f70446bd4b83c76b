"""The cost of a network, and the expected time of a fit on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from transferleaf.freezing import BackboneLayers, FreezePolicy, Method

_BYTES_A_WEIGHT = 4  # float32
_BATCH = 32  # the default of fit

# Fitted by ``python -m benchmarks.advice``: a pass of the engine and a pass-worth of gradient steps
# as multiples of a forward pass in TensorFlow, and the seconds of tracing and of solving a head.
_ENGINE_PASS, _GRADIENT_PASS = 0.5, 0.4
_TRACING_SECONDS = 8.0
_HEAD_SECONDS, _HEAD_SECONDS_A_PHOTO = 0.7, 2e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The size of a network and the work of one forward pass.

    Attributes:
        multiply_adds: Multiply-adds of one forward pass over one photo.
        parameters: Number of weights.
    """

    multiply_adds: int
    parameters: int

    @property
    def megabytes(self) -> float:
        """Size of the weights in MB."""
        return self.parameters * _BYTES_A_WEIGHT / 1e6


def cost_of(layers: BackboneLayers) -> Cost:
    """Return the cost of a backbone."""
    return Cost(
        multiply_adds=sum(layer.multiply_adds for layer in layers.layers),
        parameters=layers.parameters,
    )


def fit_seconds(
    policy: FreezePolicy,
    augmented: bool,
    layers: BackboneLayers,
    *,
    classes: int,
    training_photos: int,
    forward_seconds: float | None,
) -> float | None:
    """Estimate the seconds of a fit when the features of the photos are stored.

    Args:
        policy: The policy.
        augmented: Whether views of the training photos are added.
        layers: The layers of the backbone.
        classes: Number of classes.
        training_photos: Number of training photos.
        forward_seconds: Seconds of a forward pass per photo; ``None`` if unknown.

    Returns:
        The seconds; ``None`` if ``forward_seconds`` is ``None``.
    """
    if forward_seconds is None:
        return None
    rows = training_photos * (1 + policy.views * augmented)
    seconds = _HEAD_SECONDS + _HEAD_SECONDS_A_PHOTO * rows
    if augmented:
        seconds += training_photos * policy.views * _ENGINE_PASS * forward_seconds
    steps = ceil(training_photos / _BATCH)
    last = policy.plan(layers, classes=classes, steps_per_epoch=steps).phases[-1]
    if last.method is Method.GRADIENT:
        work = last.epochs * training_photos * last.passes
        seconds += _TRACING_SECONDS + _GRADIENT_PASS * work * forward_seconds
    return seconds


def amount(multiply_adds: int) -> str:
    """Return a number of multiply-adds as text.

    >>> amount(390_000_000), amount(4_100_000_000)
    ('390 million multiply-adds', '4.1 billion multiply-adds')
    """
    if multiply_adds >= 1e9:
        return f"{multiply_adds / 1e9:.1f} billion multiply-adds"
    if multiply_adds >= 1e6:
        return f"{multiply_adds / 1e6:,.3g} million multiply-adds"
    return f"{multiply_adds:,} multiply-adds"
