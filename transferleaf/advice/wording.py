"""The sentences of an advice: measurements, strategies, and the textbook rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from math import hypot
from types import MappingProxyType

from transferleaf.advice.choosing import recommend
from transferleaf.advice.evidence import (
    AugmentationEvidence,
    Evidence,
    SimilarityEvidence,
    SizeEvidence,
)
from transferleaf.advice.expectation import Expectation
from transferleaf.advice.position import early_divergence, is_estimated
from transferleaf.advice.thresholds import DIVERGENCE
from transferleaf.freezing import QUADRANT_POLICIES, FreezePolicy
from transferleaf.quadrant import DataSize, Quadrant, Similarity
from transferleaf.text.wording import counted, duration

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


def described(quadrant: Quadrant) -> str:
    """Describe a cell of the matrix.

    >>> described(Quadrant.IV)
    'small data, high similarity'
    """
    return f"{_SIZES[quadrant.size]}, {_SIMILARITIES[quadrant.similarity]}"


def reasons_of(evidence: Evidence) -> tuple[str, ...]:
    """Return a sentence for each measurement."""
    return (
        _all_stages(evidence),
        _amount(evidence.size),
        _curve(evidence.size),
        *_views(evidence.augmentation),
        _statistics(evidence.similarity),
    )


def strategy_of(choice: Expectation) -> str:
    """Return what a choice does, as an imperative.

    >>> strategy_of(Expectation(quadrant=Quadrant.IV, augmented=True, accuracy=0.95, low=0.93,
    ...                         high=0.97, seconds=40.0))
    'train only the head, freeze the whole base, with augmented views of the photos'
    """
    views = ", with augmented views of the photos" if choice.augmented else ""
    return f"{STRATEGIES[choice.quadrant]}{views}"


def better_sentence(
    chosen: Expectation, expected: Sequence[Expectation], *, time_limit: float | None = None
) -> str | None:
    """Name a more accurate choice, and say why it is not recommended. ``None`` if there is none.

    >>> choices = [Expectation(quadrant=quadrant, augmented=False, accuracy=accuracy, low=0.9,
    ...                        high=1.0, seconds=seconds)
    ...            for quadrant, accuracy, seconds in
    ...            [(Quadrant.IV, 0.95, 2.0), (Quadrant.I, 0.9501, 600.0)]]
    >>> better_sentence(choices[0], choices)
    'Quadrant I is expected to reach 95.0% in 10 min 0 s, too little for the time.'
    """
    free = recommend(expected)
    if free.accuracy > chosen.accuracy:
        # Without a difference in views, only the time that is left can be the reason.
        late = time_limit is not None and (
            (free.seconds or 0.0) > time_limit or free.augmented == chosen.augmented
        )
        missing = [
            *(["augmented views"] if free.augmented > chosen.augmented else []),
            *(["more time"] if late else []),
        ]
        reach = f"quadrant {free.quadrant.value} is expected to reach {_reach(free)}."
        return f"With {' and '.join(missing)}, {reach}" if missing else None
    best = max(expected, key=lambda each: each.accuracy)
    if best.accuracy <= chosen.accuracy:
        return None
    return f"Quadrant {best.name} is expected to reach {_reach(best)}, too little for the time."


def textbook_sentence(
    quadrant: Quadrant,
    recommended: Expectation,
    expected: Sequence[Expectation],
    *,
    pretrained: bool = True,
) -> str:
    """Compare the quadrant of the textbook rule with the recommended choice."""
    if not pretrained:
        return "The rule is about pretrained networks. With random weights, all stages must learn."
    textbook = f"Quadrant {quadrant.value} ({described(quadrant)}): {STRATEGIES[quadrant]}."
    if quadrant is recommended.quadrant:
        return f"{textbook} The advice is the same quadrant."
    same = [each for each in expected if each.quadrant is quadrant and not each.augmented]
    if not same:
        return f"{textbook} The advice differs."
    return (
        f"{textbook} It is expected to reach {_reach(same[0])}, the advice {_reach(recommended)}."
    )


def _reach(choice: Expectation) -> str:
    time = "" if choice.seconds is None else f" in {duration(choice.seconds)}"
    return f"{choice.accuracy:.1%}{time}"


def policy_code(policy: FreezePolicy) -> str:
    """Return the Python code that creates a policy.

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
        "Cross-validated accuracy with a frozen base: "
        f"{probe.accuracy:.1%} ± {probe.deviation:.1%}."
    )


def _amount(size: SizeEvidence) -> str:
    leaves = "" if size.leaves is None else f" of {size.leaves:,} leaves"
    return (
        f"{counted(size.photos, 'photo')}{leaves} in {size.classes} classes, "
        f"{size.smallest_class:,} in the smallest."
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


def _views(found: AugmentationEvidence | None) -> Iterator[str]:
    if found is None:
        return
    without, augmented = (
        1 - errors / found.photos for errors in (found.errors, found.augmented_errors)
    )
    yield (
        f"Augmented views, cross-validated on {counted(found.photos, 'photo')}: accuracy "
        f"{augmented:.1%} with and {without:.1%} without."
    )


def _statistics(similarity: SimilarityEvidence) -> str:
    divergence = early_divergence(similarity)
    if not similarity.pretrained:
        return (
            "The network has random weights, so there is no pretraining data to compare with. "
            "Only the accuracy of quadrant IV is measured: by how much the other choices change it "
            "was measured on pretrained networks."
        )
    if divergence is None:
        return (
            "The early stages have no batch-norm statistics, so the similarity to the pretraining "
            "data cannot be measured."
        )
    level = "high" if divergence < DIVERGENCE.middle else "low"
    border = f"(border: {DIVERGENCE.middle:.2f}): {level} similarity"
    if is_estimated(similarity):
        return (
            "The network has no batch norm. Estimated with synthetic photos, the divergence from "
            f"the pretraining data is about {divergence:.2f} {border}."
        )
    return (
        f"The batch-norm statistics of the early stages diverge by {divergence:.2f} from those of "
        f"the pretraining data {border}."
    )


def plain_grounds_reason(share: float) -> str:
    """Return the sentence for photos from a laboratory.

    >>> plain_grounds_reason(0.95).split(",")[0]
    '95% of the photos show a leaf on a plain background'
    """
    return (
        f"{share:.0%} of the photos show a leaf on a plain background, so the accuracy in a field "
        "is unknown. To measure it, label about 50 field photos of each class; to raise it, train "
        "with --freeze IV --head-region leaf --augment field, and add field photos: five of each "
        "class raised it from 77% to 89% in our measurement."
    )
