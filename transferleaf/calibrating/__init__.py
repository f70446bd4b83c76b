"""Calibration of a classifier, and the verdicts of its predictions."""

from __future__ import annotations

from transferleaf.calibrating.calibration import Calibration
from transferleaf.calibrating.class_means import ClassMeans

__all__ = ["Calibration", "ClassMeans"]
