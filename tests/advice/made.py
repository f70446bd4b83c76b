"""Evidence, positions and advice made by hand."""

from __future__ import annotations

from transferleaf.advice.advice import Advice
from transferleaf.advice.choosing import neighbours_of, policy_for, quadrant_of
from transferleaf.advice.cost import cost_of
from transferleaf.advice.evidence import (
    CurvePoint,
    Evidence,
    Probe,
    SimilarityEvidence,
    SizeEvidence,
)
from transferleaf.advice.position import MatrixPosition
from transferleaf.advice.wording import reasons_of
from transferleaf.freezing import BackboneLayers, LayerInfo

STAGES = ("low", "mid", "high")


def a_position(*, similarity: float, size: float, deviation: float = 0.1) -> MatrixPosition:
    return MatrixPosition(
        similarity=similarity, similarity_deviation=deviation, size=size, size_deviation=deviation
    )


def probes(*accuracies: float) -> tuple[Probe, ...]:
    return tuple(Probe(accuracy=accuracy, deviation=0.01) for accuracy in accuracies)


def some_evidence(
    *,
    backbone: str = "toy",
    size: dict[str, object] | None = None,
    similarity: dict[str, object] | None = None,
    accuracy: float = 0.95,
    deviation: float = 0.01,
) -> Evidence:
    points = [(0.75, 450, 0.9), (1.0, 600, 0.95)]
    sizes = {
        "photos": 900,
        "classes": 6,
        "leaves": 300,
        "smallest_class": 20,
        "learning_curve": tuple(
            CurvePoint(share=share, photos=photos, accuracy=reached, deviation=0.01)
            for share, photos, reached in points
        ),
    }
    similarities = {
        "stages": STAGES,
        "divergences": (0.1, 0.2, None),
        "probes": probes(0.5, 0.9, 0.8),
        "untrained_probes": probes(0.4, 0.45, 0.3),
        "logme": (0.1, 0.5, 0.4),
    }
    return Evidence(
        backbone=backbone,
        image_size=96,
        size=SizeEvidence(**{**sizes, **(size or {})}),
        similarity=SimilarityEvidence(**{**similarities, **(similarity or {})}),
        all_stages=Probe(accuracy=accuracy, deviation=deviation),
    )


def some_layers(stages: tuple[str, ...] = STAGES, *, multiply_adds: int = 2_000_000):
    return BackboneLayers(
        name="toy",
        stages=stages,
        widths=(4,) * len(stages),
        strides=tuple(2 ** (stage + 1) for stage in range(len(stages))),
        layers=tuple(
            LayerInfo(name=stage, stage=at, parameters=250_000, multiply_adds=multiply_adds)
            for at, stage in enumerate(stages)
        ),
    )


def some_advice(
    evidence: Evidence | None = None,
    *,
    similarity: float = 0.8,
    size: float = 0.8,
    deviation: float = 0.1,
    multiply_adds: int = 2_000_000,
) -> Advice:
    evidence = evidence or some_evidence()
    layers = some_layers(evidence.similarity.stages, multiply_adds=multiply_adds)
    position = a_position(similarity=similarity, size=size, deviation=deviation)
    quadrant = quadrant_of(position)
    policy = policy_for(quadrant, stages=len(layers.stages))
    return Advice(
        evidence=evidence,
        position=position,
        quadrant=quadrant,
        neighbours=neighbours_of(position),
        policy=policy,
        cost=cost_of(policy, layers, classes=evidence.size.classes, training_photos=400),
        reasons=reasons_of(evidence, quadrant),
    )
