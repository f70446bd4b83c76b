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
        Quadrant.II: "train everything, from the pretrained values",
        Quadrant.III: "train the head and few late stages, gently",
        Quadrant.IV: "train the head alone, freeze the whole base",
    }
)

_SIZES = {DataSize.SMALL: "little data", DataSize.LARGE: "much data"}
_SIMILARITIES = {
    Similarity.LOW: "photos unlike those of the pretraining",
    Similarity.HIGH: "photos like those of the pretraining",
}
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def described(quadrant: Quadrant) -> str:
    """Say what a cell of the matrix stands for.

    >>> described(Quadrant.IV)
    'little data, photos like those of the pretraining'
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
        return f"{at}: clear of the borders."
    others = "; ".join(f"quadrant {cell.value} ({STRATEGIES[cell]})" for cell in neighbours)
    return f"{at}: near a border. May do as well: {others}."


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
        f"A linear classifier on the frozen network gets {probe.accuracy:.1%} "
        f"± {probe.deviation:.1%} of unseen photos right."
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
        return "There are too few leaves to measure whether more photos would help."
    before, last = fewer[-1], size.learning_curve[-1]
    gain = last.accuracy - before.accuracy
    helps = gain > hypot(before.deviation, last.deviation)
    verdict = "More photos would still help" if helps else "More photos would help little"
    return (
        f"{verdict}: {before.accuracy:.1%} right with {before.share:.0%} of them, "
        f"{last.accuracy:.1%} with {last.share:.0%}."
    )


def _statistics(similarity: SimilarityEvidence) -> str:
    divergence = early_divergence(similarity)
    if divergence is None:
        return (
            "The early stages keep no batch-norm statistics of the pretraining photos to compare "
            "with, so that nothing tells how similar yours are."
        )
    like = "like" if divergence < DIVERGENCE.middle else "unlike"
    return (
        f"Inside the early stages they differ by {divergence:.2f} from the pretraining photos "
        f"(divergence of statistics, border {DIVERGENCE.middle:.2f}): {like} them."
    )


def _stages(similarity: SimilarityEvidence) -> Iterator[str]:
    probes = similarity.probes
    best = max(range(len(probes)), key=lambda stage: probes[stage].accuracy)
    peak, top = probes[best], probes[-1]
    told = (
        f"Of single stages, the best ({peak.accuracy:.1%}) is {similarity.stages[best]!r}, "
        f"{_ordinal(best + 1)} of {len(probes)}"
    )
    if best == len(probes) - 1:
        yield f"{told}: the last one."
    elif peak.accuracy - top.accuracy > hypot(peak.deviation, top.deviation):
        yield f"{told}; the last one ({top.accuracy:.1%}) is too specialised."
    else:
        yield f"{told}; the last one serves as well."
    if similarity.untrained_probes:
        random = max(probe.accuracy for probe in similarity.untrained_probes)
        points = round(100 * (peak.accuracy - random))
        worth = counted(points, "point") if points > 0 else "nothing that shows here"
        yield f"Random weights get {random:.1%} at best: pretraining is worth {worth}."


def _ordinal(number: int) -> str:
    """The number as a rank.

    >>> [_ordinal(number) for number in (1, 2, 11, 22)]
    ['1st', '2nd', '11th', '22nd']
    """
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else _ENDINGS.get(number % 10, 'th')}"
