"""Train classifiers of crop diseases on leaf photos, by transfer learning.

Public names load on first use, so importing the package is fast and does not import TensorFlow.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import wrapt

from transferleaf.files.versions import __version__

if TYPE_CHECKING:
    from transferleaf.advice import Advice as Advice
    from transferleaf.advice.advising import advise as advise
    from transferleaf.backbones.registry import get_backbone as get_backbone
    from transferleaf.backbones.registry import list_backbones as list_backbones
    from transferleaf.backbones.registry import register_backbone as register_backbone
    from transferleaf.backbones.spec import BackboneSpec as BackboneSpec
    from transferleaf.backbones.spec import PixelConvention as PixelConvention
    from transferleaf.backbones.spec import Stage as Stage
    from transferleaf.calibrating import Calibration as Calibration
    from transferleaf.classifier import TransferClassifier as TransferClassifier
    from transferleaf.datasets import Audit as Audit
    from transferleaf.datasets import Augmentation as Augmentation
    from transferleaf.datasets import LeafDataset as LeafDataset
    from transferleaf.datasets import Split as Split
    from transferleaf.datasets import audit as audit
    from transferleaf.datasets import open_leaves as open_leaves
    from transferleaf.explanations import Explanation as Explanation
    from transferleaf.export import ExportCheck as ExportCheck
    from transferleaf.freezing import BatchNormStatistics as BatchNormStatistics
    from transferleaf.freezing import FreezePlan as FreezePlan
    from transferleaf.freezing import FreezePolicy as FreezePolicy
    from transferleaf.freezing import HeadStart as HeadStart
    from transferleaf.model_files import load_classifier as load_classifier
    from transferleaf.predictions import LeafPrediction as LeafPrediction
    from transferleaf.quadrant import DataSize as DataSize
    from transferleaf.quadrant import Quadrant as Quadrant
    from transferleaf.quadrant import Similarity as Similarity
    from transferleaf.reports import Report as Report
    from transferleaf.reports import plot_history as plot_history
    from transferleaf.scenes.field_scenes import FieldScenes as FieldScenes
    from transferleaf.training.evidence import feature_evidence as feature_evidence
    from transferleaf.training.feeding.bad_photos import SkippedPhoto as SkippedPhoto
    from transferleaf.training.proof import FreezeProof as FreezeProof
    from transferleaf.training.run import PhaseRecord as PhaseRecord

_HOME = {
    "Advice": "transferleaf.advice",
    "Audit": "transferleaf.datasets",
    "Augmentation": "transferleaf.datasets",
    "BackboneSpec": "transferleaf.backbones.spec",
    "BatchNormStatistics": "transferleaf.freezing",
    "Calibration": "transferleaf.calibrating",
    "DataSize": "transferleaf.quadrant",
    "Explanation": "transferleaf.explanations",
    "ExportCheck": "transferleaf.export",
    "FieldScenes": "transferleaf.scenes.field_scenes",
    "FreezePlan": "transferleaf.freezing",
    "FreezePolicy": "transferleaf.freezing",
    "FreezeProof": "transferleaf.training.proof",
    "HeadStart": "transferleaf.freezing",
    "LeafDataset": "transferleaf.datasets",
    "LeafPrediction": "transferleaf.predictions",
    "PhaseRecord": "transferleaf.training.run",
    "PixelConvention": "transferleaf.backbones.spec",
    "Quadrant": "transferleaf.quadrant",
    "Report": "transferleaf.reports",
    "Similarity": "transferleaf.quadrant",
    "SkippedPhoto": "transferleaf.training.feeding.bad_photos",
    "Split": "transferleaf.datasets",
    "Stage": "transferleaf.backbones.spec",
    "TransferClassifier": "transferleaf.classifier",
    "advise": "transferleaf.advice.advising",
    "audit": "transferleaf.datasets",
    "feature_evidence": "transferleaf.training.evidence",
    "get_backbone": "transferleaf.backbones.registry",
    "list_backbones": "transferleaf.backbones.registry",
    "load_classifier": "transferleaf.model_files",
    "open_leaves": "transferleaf.datasets",
    "plot_history": "transferleaf.reports",
    "register_backbone": "transferleaf.backbones.registry",
}

__all__ = [*sorted(_HOME), "__version__"]


_MODULES = (
    "advice",
    "backbones",
    "datasets",
    "errors",
    "explanations",
    "export",
    "freezing",
    "reports",
    "scaling",
    "testing",
)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"transferleaf.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'transferleaf' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*__all__, *_MODULES})


@wrapt.when_imported("keras")
def _register_with_keras(keras: Any) -> None:
    from transferleaf.process.keras_registration import register_stand_ins

    register_stand_ins(keras)
