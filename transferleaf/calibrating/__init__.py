"""When to believe an answer: how sure it is, whether that is enough, whether the photo is known."""

from __future__ import annotations

from transferleaf.calibrating.calibration import Calibration
from transferleaf.calibrating.class_means import ClassMeans

__all__ = ["Calibration", "ClassMeans"]
