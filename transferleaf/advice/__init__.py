"""Advice from evidence: where photos stand on the size-similarity matrix, and what to do there.

``evidence`` is measured (``measuring``) and gives a place on the matrix (``placing``), which gives
a quadrant and a policy (``choosing``). ``advice`` is the value that holds it all, ``advising`` the
way there.
"""

from __future__ import annotations

from transferleaf.advice.advice import Advice
from transferleaf.advice.cost import Cost
from transferleaf.advice.evidence import (
    CurvePoint,
    Evidence,
    Probe,
    SimilarityEvidence,
    SizeEvidence,
)
from transferleaf.advice.placing import Place

__all__ = [
    "Advice",
    "Cost",
    "CurvePoint",
    "Evidence",
    "Place",
    "Probe",
    "SimilarityEvidence",
    "SizeEvidence",
]
