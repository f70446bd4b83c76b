"""What might place a data set on an axis: each candidate is one number from the evidence."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from transferleaf.advice.evidence import Evidence
from transferleaf.advice.position import early_divergence

Signal = Callable[[Evidence], float]

_NEAR_PEAK = 0.98


def _divergence(evidence: Evidence) -> float:
    """Logarithm of the divergence, turned round."""
    return -math.log(early_divergence(evidence.similarity) or 1e-9)


def _peak_stage(evidence: Evidence) -> float:
    """Depth of the first stage whose probe is as good as the best, from 0 to 1."""
    accuracies = [probe.accuracy for probe in evidence.similarity.probes]
    first = next(
        stage for stage, value in enumerate(accuracies) if value >= _NEAR_PEAK * max(accuracies)
    )
    return first / (len(accuracies) - 1)


def _top_against_peak(evidence: Evidence) -> float:
    accuracies = [probe.accuracy for probe in evidence.similarity.probes]
    return accuracies[-1] / max(accuracies)


def _gain_over_random(evidence: Evidence) -> float:
    """Share of the mistakes with random weights that pretraining takes away."""
    best = max(probe.accuracy for probe in evidence.similarity.probes)
    random = max(probe.accuracy for probe in evidence.similarity.untrained_probes)
    return (best - random) / max(1 - random, 1e-3)


def _logme(evidence: Evidence) -> float:
    return evidence.similarity.logme[-1]


def _photos(evidence: Evidence) -> float:
    return math.log(evidence.size.photos)


def _photos_a_class(evidence: Evidence) -> float:
    return math.log(evidence.size.photos / evidence.size.classes)


def _leaves(evidence: Evidence) -> float:
    return math.log(evidence.size.leaves or evidence.size.photos)


def _flatness(evidence: Evidence) -> float:
    """How little the last quarter of the photos still helps, as a share; higher is flatter."""
    before, last = evidence.size.learning_curve[-2:]
    return before.accuracy - last.accuracy


SIMILARITY: Mapping[str, Signal] = MappingProxyType(
    {
        "batch-norm divergence": _divergence,
        "stage where probes peak": _peak_stage,
        "last stage against the best": _top_against_peak,
        "gain over random weights": _gain_over_random,
        "LogME": _logme,
    }
)
"""More is more similar."""

SIZE: Mapping[str, Signal] = MappingProxyType(
    {
        "photos": _photos,
        "photos a class": _photos_a_class,
        "leaves": _leaves,
        "flatness of the learning curve": _flatness,
    }
)
"""More is more data."""
