"""Advice from evidence: where photos stand on the size-similarity matrix, and what to do there.

``evidence`` is measured (``measuring``) and gives a position on the matrix (``position``), which
gives a quadrant and a policy (``choosing``). ``advice`` is the value that holds it all,
``advising`` the way there.
"""

from __future__ import annotations

from typing import Any

from transferleaf.advice.advice import Advice
from transferleaf.advice.cost import Cost
from transferleaf.advice.evidence import (
    CurvePoint,
    Evidence,
    Probe,
    SimilarityEvidence,
    SizeEvidence,
)
from transferleaf.advice.position import MatrixPosition
from transferleaf.deprecation import renamed

__all__ = [
    "Advice",
    "Cost",
    "CurvePoint",
    "Evidence",
    "MatrixPosition",
    "Probe",
    "SimilarityEvidence",
    "SizeEvidence",
]


def __getattr__(name: str) -> Any:
    return renamed(__name__, name, {"Place": "transferleaf.advice.MatrixPosition"})
