"""Evaluation results with confidence intervals: metrics, reports and model cards."""

from __future__ import annotations

from transferleaf.reports.background_swap import BackgroundSwap
from transferleaf.reports.coverage import CoveragePoint
from transferleaf.reports.facts import (
    DataFacts,
    ModelFacts,
    PhaseProof,
    TrainingFacts,
    UnreadablePhoto,
)
from transferleaf.reports.history_plot import plot_history
from transferleaf.reports.metrics import Interval
from transferleaf.reports.per_class import ClassReport
from transferleaf.reports.reliability import ReliabilityBin, ReliabilityCurve
from transferleaf.reports.report import Report
from transferleaf.reports.set_report import Mistake, SetReport, UnknownClass

__all__ = [
    "BackgroundSwap",
    "ClassReport",
    "CoveragePoint",
    "DataFacts",
    "Interval",
    "Mistake",
    "ModelFacts",
    "PhaseProof",
    "ReliabilityBin",
    "ReliabilityCurve",
    "Report",
    "SetReport",
    "TrainingFacts",
    "UnknownClass",
    "UnreadablePhoto",
    "plot_history",
]
