"""Facts about a classifier and its training, for a report."""

from __future__ import annotations

import io
import json
import platform
from importlib.metadata import version
from typing import Any

from transferleaf.advice.advice import Advice
from transferleaf.backbones.registry import get_backbone, list_backbones
from transferleaf.backbones.spec import BackboneSpec
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.files.versions import __version__
from transferleaf.reports.facts import (
    DataFacts,
    ModelFacts,
    PhaseProof,
    TrainingFacts,
    UnreadablePhoto,
)

# Packages that affect the results. A report lists their versions.
_PACKAGES = ("tensorflow", "keras", "numpy", "Pillow", "openvino")


def model_facts(classifier: Any) -> ModelFacts:
    """Describe a ``TransferClassifier``."""
    spec = _spec(classifier)
    calibration = classifier.calibration
    outcome = {} if calibration is None else {"calibration_outcome": calibration.outcome}
    return ModelFacts(
        backbone=classifier.backbone.name,
        image_size=classifier.image_size,
        parameters=int(classifier.count_params()),
        policy=repr(classifier.freeze) if classifier.plan is None else classifier.plan.title,
        weights_license="unknown" if spec is None else spec.license,
        weights_source="unknown" if spec is None else spec.source,
        calibration=None if calibration is None else as_json(calibration.to_dict()),
        adaptation=None if classifier.adaptation is None else str(classifier.adaptation),
        **outcome,
    )


def training_facts(classifier: Any, training_data: LeafDataset | None) -> TrainingFacts | None:
    """Return facts about the training of a ``TransferClassifier``, or ``None`` if unknown."""
    plan, skipped = classifier.plan, classifier.skipped_photos
    if plan is None and training_data is None and not skipped:
        return None
    # Keras sets the history when a model is trained. A loaded model has none.
    history = getattr(classifier, "history", None)
    return TrainingFacts(
        plan=None if plan is None else as_json(plan.to_dict()),
        plan_text=None if plan is None else str(plan),
        proof=tuple(
            PhaseProof(
                phase=record.phase.name,
                seconds=record.seconds,
                frozen=record.proof.frozen,
                checksum=record.proof.checksum,
            )
            for record in classifier.records
        ),
        history={}
        if history is None
        else {name: tuple(history.curve(name)) for name in history.history},
        skipped=tuple(
            UnreadablePhoto(name=str(photo.path), reason=photo.reason) for photo in skipped
        ),
        data=None if training_data is None else data_facts(training_data),
    )


def data_facts(data: LeafDataset) -> DataFacts:
    """Return facts about the training photos."""
    return DataFacts(
        origin=data.origin,
        fingerprint=data.fingerprint(),
        photos=len(data),
        leaves=data.n_leaves or None,
        class_counts=data.class_counts(),
    )


def quadrant_map(advice: Advice) -> str:
    """Return the position of an advice on the size-similarity matrix, as SVG text."""
    drawn = io.StringIO()
    # Without a date, so that equal reports are equal files.
    advice.figure().savefig(drawn, format="svg", metadata={"Date": None})
    return drawn.getvalue()


def as_json(values: dict[str, Any]) -> dict[str, Any]:
    """Return values as JSON restores them, so that a loaded report equals this one."""
    plain: dict[str, Any] = json.loads(json.dumps(values))
    return plain


def versions() -> dict[str, str]:
    """Return the version of each package that affects the results, and of Python."""
    ours = {"transferleaf": __version__, "Python": platform.python_version()}
    return ours | {package: version(package) for package in _PACKAGES}


def _spec(classifier: Any) -> BackboneSpec | None:
    """Return the specification of a registered backbone; ``None`` for a custom model."""
    backbone = classifier.backbone
    if backbone.name not in list_backbones():
        return None
    spec = get_backbone(backbone.name)
    return spec if spec.stages == backbone.stages else None
