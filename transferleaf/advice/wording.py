"""The advice in plain sentences: what was measured, what it means, how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from math import hypot
from types import MappingProxyType

from transferleaf.advice.evidence import Evidence, SimilarityEvidence, SizeEvidence
from transferleaf.advice.position import MatrixPosition, early_divergence
from transferleaf.advice.thresholds import DIVERGENCE
from transferleaf.freezing import QUADRANT_POLICIES, FreezePolicy
from transferleaf.quadrant import DataSize, Quadrant, Similarity
from transferleaf.wording import counted

STRATEGIES: Mapping[Quadrant, str] = MappingProxyType(
    {
        Quadrant.I: "train the head and the last stages",
        Quadrant.II: "train all stages, starting from the pretrained weights",
        Quadrant.III: "train the head and the last stages with a small learning rate",
        Quadrant.IV: "train only the head, freeze the whole base",
    }
)

_SIZES = {DataSize.SMALL: "small data", DataSize.LARGE: "large data"}
_SIMILARITIES = {
    Similarity.LOW: "low similarity",
    Similarity.HIGH: "high similarity",
}
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def described(quadrant: Quadrant) -> str:
    """Say what a cell of the matrix stands for.

    >>> described(Quadrant.IV)
    'small data, high similarity'
    """
    return f"{_SIZES[quadrant.size]}, {_SIMILARITIES[quadrant.similarity]}"


def reasons_of(evidence: Evidence, quadrant: Quadrant) -> tuple[str, ...]:
    """Say what was measured and what it means, a sentence or two for each kind of evidence."""
    return (
        _all_stages(evidence),
        _amount(evidence.size, quadrant),
        _curve(evidence.size),
        _statistics(evidence.similarity),
        *_stages(evidence.similarity),
    )


def doubt(position: MatrixPosition, neighbours: tuple[Quadrant, ...]) -> str:
    """Say how far the position is from the borders, and what else might do as well."""
    at = (
        f"Similarity {position.similarity:.2f} ± {position.similarity_deviation:.2f}, size "
        f"{position.size:.2f} ± {position.size_deviation:.2f} (from 0 to 1, border at 0.5)"
    )
    if not neighbours:
        return f"{at}: not near a border."
    others = "; ".join(f"quadrant {cell.value} ({STRATEGIES[cell]})" for cell in neighbours)
    return f"{at}: near a border. An alternative: {others}."


def policy_code(policy: FreezePolicy) -> str:
    """Write a policy as the call that makes it.

    >>> policy_code(FreezePolicy.for_quadrant("I", epochs=12))
    'FreezePolicy.for_quadrant("I", epochs=12)'
    """
    if policy.quadrant is None:
        return repr(policy)
    usual = QUADRANT_POLICIES[policy.quadrant]
    changed = [
        f"{field.name}={getattr(policy, field.name)!r}"
        for field in fields(policy)
        if getattr(policy, field.name) != getattr(usual, field.name)
    ]
    return f"FreezePolicy.for_quadrant({', '.join([_quoted(policy.quadrant), *changed])})"


def _quoted(quadrant: Quadrant) -> str:
    return f'"{quadrant.value}"'


def _all_stages(evidence: Evidence) -> str:
    probe = evidence.all_stages
    return (
        "Accuracy of a linear classifier on the frozen network: "
        f"{probe.accuracy:.1%} ± {probe.deviation:.1%}."
    )


def _amount(size: SizeEvidence, quadrant: Quadrant) -> str:
    leaves = "" if size.leaves is None else f" of {size.leaves:,} leaves"
    return (
        f"{counted(size.photos, 'photo')}{leaves} in {size.classes} classes, "
        f"{size.smallest_class:,} in the smallest: {_SIZES[quadrant.size]}."
    )


def _curve(size: SizeEvidence) -> str:
    # Of very few leaves, all shares may be the same photos.
    fewer = [
        point for point in size.learning_curve if point.photos < size.learning_curve[-1].photos
    ]
    if not fewer:
        return "There are too few leaves to measure a learning curve."
    before, last = fewer[-1], size.learning_curve[-1]
    gain = last.accuracy - before.accuracy
    helps = gain > hypot(before.deviation, last.deviation)
    verdict = "More photos are likely to help" if helps else "More photos are unlikely to help much"
    return (
        f"{verdict}: accuracy {before.accuracy:.1%} with {before.share:.0%} of the photos, "
        f"{last.accuracy:.1%} with {last.share:.0%}."
    )


def _statistics(similarity: SimilarityEvidence) -> str:
    divergence = early_divergence(similarity)
    if divergence is None:
        return (
            "The early stages have no batch-norm statistics, so the similarity to the pretraining "
            "data cannot be measured."
        )
    level = "high" if divergence < DIVERGENCE.middle else "low"
    return (
        f"The batch-norm statistics of the early stages diverge by {divergence:.2f} from those of "
        f"the pretraining data (border: {DIVERGENCE.middle:.2f}): {level} similarity."
    )


def _stages(similarity: SimilarityEvidence) -> Iterator[str]:
    probes = similarity.probes
    best = max(range(len(probes)), key=lambda stage: probes[stage].accuracy)
    peak, top = probes[best], probes[-1]
    told = (
        f"The best single stage is {similarity.stages[best]!r}, {_ordinal(best + 1)} of "
        f"{len(probes)}, with {peak.accuracy:.1%}"
    )
    if best == len(probes) - 1:
        yield f"{told}. It is the last stage."
    elif peak.accuracy - top.accuracy > hypot(peak.deviation, top.deviation):
        yield f"{told}; the last stage ({top.accuracy:.1%}) is too specialised."
    else:
        yield f"{told}; the last stage is not significantly worse."
    if similarity.untrained_probes:
        random = max(probe.accuracy for probe in similarity.untrained_probes)
        points = round(100 * (peak.accuracy - random))
        gain = f"adds {counted(points, 'point')}" if points > 0 else "does not help measurably"
        yield f"With random weights, the best stage has {random:.1%}: pretraining {gain}."


def _ordinal(number: int) -> str:
    """The number as a rank.

    >>> [_ordinal(number) for number in (1, 2, 11, 22)]
    ['1st', '2nd', '11th', '22nd']
    """
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else _ENDINGS.get(number % 10, 'th')}"


def plain_grounds_reason(share: float) -> str:
    """Say what photos of a laboratory leave unknown.

    >>> plain_grounds_reason(0.95).split(",")[0]
    '95% of the photos show a leaf on a plain ground'
    """
    return (
        f"{share:.0%} of the photos show a leaf on a plain ground, so the accuracy in a field is "
        "unknown. To measure it, label about 50 field photos of each class; to raise it, train "
        "with --augment field, and add field photos."
    )
