"""Advice: the expected accuracy and time of each choice, and a recommendation.

``measuring`` gathers the ``evidence`` of a data set. ``expecting`` combines it with the measured
``landscape`` to an ``expectation`` for each choice, and ``choosing`` recommends one. ``advising``
runs all of this for users, ``deciding`` for ``freeze="auto"``, and ``advice`` holds the result.
"""

from __future__ import annotations

from typing import Any

from transferleaf.advice.advice import Advice
from transferleaf.advice.cost import Cost
from transferleaf.advice.evidence import (
    AugmentationEvidence,
    CurvePoint,
    Evidence,
    Probe,
    SimilarityEvidence,
    SizeEvidence,
)
from transferleaf.advice.expectation import Expectation
from transferleaf.advice.position import MatrixPosition
from transferleaf.deprecation import renamed

__all__ = [
    "Advice",
    "AugmentationEvidence",
    "Cost",
    "CurvePoint",
    "Evidence",
    "Expectation",
    "MatrixPosition",
    "Probe",
    "SimilarityEvidence",
    "SizeEvidence",
]


def __getattr__(name: str) -> Any:
    return renamed(__name__, name, {"Place": "transferleaf.advice.MatrixPosition"})
