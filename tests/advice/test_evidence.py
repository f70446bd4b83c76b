"""Evidence is plain, finite numbers that survive JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from transferleaf.advice.evidence import (
    AugmentationEvidence,
    CurvePoint,
    Evidence,
    Probe,
    SimilarityEvidence,
    SizeEvidence,
)
from transferleaf.errors import ConfigError

POINT = CurvePoint(share=0.5, photos=20, accuracy=0.75, deviation=0.05)
PROBE = Probe(accuracy=0.9, deviation=0.02)
SIZE = SizeEvidence(photos=60, classes=3, leaves=None, smallest_class=12, learning_curve=(POINT,))
SIMILARITY = SimilarityEvidence(
    stages=("low", "high"),
    divergences=(0.1, None),
)
EVIDENCE = Evidence(
    backbone="tiny", image_size=16, size=SIZE, similarity=SIMILARITY, all_stages=PROBE
)


@pytest.mark.parametrize("leaves", [None, 30])
def test_evidence_survives_json(leaves):
    evidence = replace(EVIDENCE, size=replace(SIZE, leaves=leaves))

    views = AugmentationEvidence(photos=60, errors=9, augmented_errors=6, only_one_wrong=5)
    evidence = replace(evidence, augmentation=views)

    values = json.loads(json.dumps(evidence.to_dict(), allow_nan=False))

    assert values == evidence.to_dict()
    assert Evidence.from_dict(values) == evidence


@pytest.mark.parametrize(
    ("value", "changes", "message"),
    [
        (PROBE, {"accuracy": 1.5}, "accuracy=1.5 must lie in [0, 1]."),
        (PROBE, {"accuracy": float("nan")}, "accuracy=nan must lie in [0, 1]."),
        (
            PROBE,
            {"deviation": float("inf")},
            "deviation=inf must be a finite number of at least 0.",
        ),
        (POINT, {"share": -0.5}, "share=-0.5 must lie in [0, 1]."),
        (POINT, {"photos": -1}, "photos=-1 must be a finite number of at least 0."),
        (
            SIMILARITY,
            {"divergences": (0.5,)},
            "divergences=(0.5,) must have one entry for each of the 2 stages.",
        ),
        (
            EVIDENCE,
            {"forward_seconds": -1.0},
            "forward_seconds=-1.0 must be a finite number of at least 0.",
        ),
        (
            SIMILARITY,
            {"divergences": (None, float("nan"))},
            "divergences=nan must be finite.",
        ),
    ],
)
def test_evidence_cannot_be_wrong(value, changes, message):
    with pytest.raises(ConfigError) as caught:
        replace(value, **changes)

    assert str(caught.value) == message


def test_evidence_of_an_earlier_version_is_read():
    values = EVIDENCE.to_dict()
    del values["forward_seconds"], values["augmentation"]
    values["similarity"] = {**values["similarity"], "probes": [], "logme": [0.1, 0.2]}

    assert Evidence.from_dict(values) == EVIDENCE
