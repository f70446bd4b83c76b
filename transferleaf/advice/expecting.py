"""From evidence to the expected accuracy and time of each choice.

The accuracy of quadrant IV is that of the cross-validated head, extrapolated along the learning
curve to all training photos. The measured landscape says by how much other choices change the
errors. docs/advice.md tests both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, hypot, log, sqrt

from transferleaf.advice.choosing import policy_for
from transferleaf.advice.cost import fit_seconds
from transferleaf.advice.evidence import AugmentationEvidence, Evidence, SizeEvidence
from transferleaf.advice.expectation import Expectation, choice_name
from transferleaf.advice.landscape import (
    Effect,
    Row,
    effect_of,
    frozen_choice,
    landscape,
    log_ratio,
    paired_variance,
)
from transferleaf.advice.position import early_divergence
from transferleaf.freezing import BackboneLayers
from transferleaf.quadrant import Quadrant

CHOICES: tuple[tuple[Quadrant, bool], ...] = (
    (Quadrant.IV, False),
    (Quadrant.IV, True),
    (Quadrant.III, False),
    (Quadrant.I, False),
    (Quadrant.I, True),
    (Quadrant.II, False),
)
"""Quadrant and whether views are added, from the usually cheapest to the most expensive."""

# Half of a 90 % interval of a normal distribution, in standard deviations.
_INTERVAL = 1.645

# The extrapolation along the learning curve may be wrong by half of its length.
_EXTRAPOLATION_ERROR = 0.5

# Standard deviation of the logarithm of the effect of views, between a sample and all photos.
_SAMPLE_ERROR = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenErrors:
    """Expected share of errors with a frozen base.

    Attributes:
        share: The share, in [0, 1].
        deviation: Its standard deviation.
    """

    share: float
    deviation: float


def expectations(
    evidence: Evidence,
    layers: BackboneLayers | None,
    *,
    training_photos: int,
    rows: Sequence[Row] | None = None,
) -> tuple[Expectation, ...]:
    """Return what to expect of each choice, in the order of ``CHOICES``.

    Args:
        evidence: The measurements.
        layers: The layers of the measured backbone. ``None`` to leave out the seconds.
        training_photos: Number of training photos.
        rows: The measured landscape. Default: that of the library.
    """
    frozen = frozen_errors(evidence, training_photos)
    effects = _effects(evidence, training_photos, landscape() if rows is None else rows)
    found = []
    for quadrant, augmented in CHOICES:
        effect = effects[choice_name(quadrant, augmented)]
        errors = min(frozen.share * effect.ratio, 1.0)
        margin = _INTERVAL * hypot(frozen.deviation * effect.ratio, errors * effect.deviation)
        found.append(
            Expectation(
                quadrant=quadrant,
                augmented=augmented,
                accuracy=1 - errors,
                low=max(1 - errors - margin, 0.0),
                high=min(1 - errors + margin, 1.0),
                seconds=None
                if layers is None
                else fit_seconds(
                    policy_for(quadrant, stages=len(layers.stages)),
                    augmented,
                    layers,
                    classes=evidence.size.classes,
                    training_photos=training_photos,
                    forward_seconds=evidence.forward_seconds,
                ),
            )
        )
    return tuple(found)


def _effects(evidence: Evidence, training_photos: int, rows: Sequence[Row]) -> dict[str, Effect]:
    """Return the effect of each choice on the errors of quadrant IV, cheapest first."""
    effects: dict[str, Effect] = {}
    for choice in (choice_name(quadrant, augmented) for quadrant, augmented in CHOICES):
        effect = effect_of(
            choice,
            photos_a_class=max(training_photos / evidence.size.classes, 1),
            divergence=early_divergence(evidence.similarity),
            rows=rows,
        )
        if choice == "IV, augmented" and evidence.augmentation is not None:
            effect = _updated(effect, evidence.augmentation)
        frozen = effects.get(frozen_choice(choice))
        effects[choice] = effect if frozen is None else _both(frozen, effect)
    return effects


def _both(first: Effect, second: Effect) -> Effect:
    """Return two effects after one another."""
    return Effect(
        ratio=first.ratio * second.ratio, deviation=hypot(first.deviation, second.deviation)
    )


def _updated(effect: Effect, found: AugmentationEvidence) -> Effect:
    """Combine an effect of other data sets with the one measured on these photos."""
    measured = log_ratio(found.augmented_errors, found.errors)
    variance = _SAMPLE_ERROR**2 + paired_variance(
        found.augmented_errors, found.errors, found.only_one_wrong
    )
    weights = 1 / effect.deviation**2, 1 / variance
    mean = (weights[0] * log(effect.ratio) + weights[1] * measured) / sum(weights)
    return Effect(ratio=exp(mean), deviation=sqrt(1 / sum(weights)))


def frozen_errors(evidence: Evidence, training_photos: int) -> FrozenErrors:
    """Extrapolate the errors of the cross-validated head to all training photos.

    Errors fall as a power of the number of photos. The exponent is that of the second half of the
    learning curve, between 0 and 1.
    """
    errors, deviation = 1 - evidence.all_stages.accuracy, evidence.all_stages.deviation
    curve = evidence.size.learning_curve
    if not curve:
        return FrozenErrors(share=errors, deviation=deviation)
    share = errors * (curve[-1].photos / max(training_photos, 1)) ** _exponent(evidence.size)
    return FrozenErrors(
        share=share, deviation=hypot(deviation, _EXTRAPOLATION_ERROR * (errors - share))
    )


def _exponent(size: SizeEvidence) -> float:
    """Return the exponent of the learning curve from half of the leaves to all."""
    last = size.learning_curve[-1]
    half = next((point for point in size.learning_curve if point.share >= 0.5), last)
    if half.photos >= last.photos:
        return 0.0
    floor = 0.5 / size.photos  # no photo of these was wrong
    fewer = log(max(1 - half.accuracy, floor) / max(1 - last.accuracy, floor))
    return min(max(fewer / log(last.photos / half.photos), 0.0), 1.0)
