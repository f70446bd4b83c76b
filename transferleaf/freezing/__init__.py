"""Freezing policies and plans: plain values that do not depend on Keras."""

from transferleaf.freezing.layers import BackboneLayers, LayerInfo
from transferleaf.freezing.plan import FreezePlan, Method, Phase, StagePlan
from transferleaf.freezing.policy import BatchNormStatistics, FreezePolicy, HeadStart
from transferleaf.freezing.quadrants import QUADRANT_POLICIES

__all__ = [
    "QUADRANT_POLICIES",
    "BackboneLayers",
    "BatchNormStatistics",
    "FreezePlan",
    "FreezePolicy",
    "HeadStart",
    "LayerInfo",
    "Method",
    "Phase",
    "StagePlan",
]
