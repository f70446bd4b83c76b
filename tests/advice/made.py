"""Evidence, positions and advice made by hand."""

from __future__ import annotations

from transferleaf.advice.advice import Advice
from transferleaf.advice.choosing import policy_for
from transferleaf.advice.cost import cost_of
from transferleaf.advice.evidence import (
    CurvePoint,
    Evidence,
    Probe,
    SimilarityEvidence,
    SizeEvidence,
)
from transferleaf.advice.expectation import Expectation
from transferleaf.advice.position import MatrixPosition, quadrant_of
from transferleaf.advice.wording import reasons_of
from transferleaf.freezing import BackboneLayers, LayerInfo
from transferleaf.quadrant import Quadrant

STAGES = ("low", "mid", "high")


def a_position(*, similarity: float, size: float, deviation: float = 0.1) -> MatrixPosition:
    return MatrixPosition(
        similarity=similarity, similarity_deviation=deviation, size=size, size_deviation=deviation
    )


def an_expectation(
    name: str = "IV", accuracy: float = 0.95, seconds: float | None = 2.0, margin: float = 0.01
) -> Expectation:
    """What to expect of a choice, such as ``"I, augmented"``."""
    quadrant, _, views = name.partition(", ")
    return Expectation(
        quadrant=Quadrant(quadrant),
        augmented=bool(views),
        accuracy=accuracy,
        low=accuracy - margin,
        high=accuracy + margin,
        seconds=seconds,
    )


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
    }
    return Evidence(
        backbone=backbone,
        image_size=96,
        size=SizeEvidence(**{**sizes, **(size or {})}),
        similarity=SimilarityEvidence(**{**similarities, **(similarity or {})}),
        all_stages=Probe(accuracy=accuracy, deviation=deviation),
        forward_seconds=0.005,
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
    recommended: str = "I",
    similarity: float = 0.8,
    size: float = 0.8,
    multiply_adds: int = 2_000_000,
) -> Advice:
    evidence = evidence or some_evidence()
    layers = some_layers(evidence.similarity.stages, multiply_adds=multiply_adds)
    position = a_position(similarity=similarity, size=size)
    expected = (
        an_expectation("IV", 0.95, 2.0),
        an_expectation("IV, augmented", 0.96, 40.0),
        an_expectation("I", 0.965, 110.0),
    )
    chosen = next(each for each in expected if each.name == recommended)
    return Advice(
        evidence=evidence,
        position=position,
        quadrant=quadrant_of(position),
        expected=expected,
        recommended=chosen,
        policy=policy_for(chosen.quadrant, stages=len(layers.stages)),
        cost=cost_of(layers),
        reasons=reasons_of(evidence),
    )
