"""Small reports for tests."""

from __future__ import annotations

from transferleaf.reports.coverage import CoveragePoint
from transferleaf.reports.facts import (
    DataFacts,
    ModelFacts,
    PhaseProof,
    TrainingFacts,
    UnreadablePhoto,
)
from transferleaf.reports.metrics import Interval
from transferleaf.reports.per_class import per_class
from transferleaf.reports.reliability import reliability_curve
from transferleaf.reports.report import Report
from transferleaf.reports.set_report import Mistake, SetReport, UnknownClass

CLASSES = ("Bean___healthy", "Bean___rust")


def made_set(**changes) -> SetReport:
    """Four photos of two leaves, three of them right."""
    curve = reliability_curve([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]], [0, 0, 1, 1])
    values = {
        "name": "lab",
        "origin": "leaves",
        "fingerprint": "ab" * 32,
        "photos": 4,
        "leaves": 2,
        "shared_leaf_photos": 0,
        "accuracy": Interval(0.75, 0.5, 1.0),
        "macro_f1": Interval(0.733, 0.5, 1.0),
        "top_k": 2,
        "top_k_accuracy": Interval(1.0, 1.0, 1.0),
        "per_class": per_class([[2, 0], [1, 1]], CLASSES),
        "confusion": ((2, 0), (1, 1)),
        "crop_accuracy": None,
        "healthy_accuracy": Interval(0.75, 0.5, 1.0),
        "temperature": 1.0,
        "before": curve,
        "after": curve,
        "coverage": (CoveragePoint(threshold=0.6, coverage=1.0, accuracy=0.75),),
        "mistakes_total": 1,
    }
    return SetReport(**values | changes)


def made_report(*sets: SetReport, **changes) -> Report:
    """A report on them, or on the given sets."""
    values = {
        "title": "Beans",
        "created": "2026-01-02T03:04:05+00:00",
        "classes": CLASSES,
        "sets": sets or (made_set(),),
        "model": ModelFacts(backbone="tiny", image_size=16, parameters=1234, policy="quadrant IV"),
    }
    return Report(**values | changes)


def full_report() -> Report:
    """A report with all optional parts."""
    mistake = Mistake(
        photo="Bean___rust/1.jpg",
        true="Bean___rust",
        predicted="Bean___healthy",
        probability=0.6,
        true_probability=0.4,
        thumbnail=b"\xff\xd8photo",
        overlay=b"\xff\xd8heat",
        attention_on_leaf=0.7,
    )
    unreadable = UnreadablePhoto(name="Bean___rust/\udcff.jpg", reason="the file is empty.")
    unknown = UnknownClass(name="Elm___dead", photos=3, mean_confidence=0.51, answered=1)
    data = DataFacts(
        origin="leaves", fingerprint="cd" * 32, photos=9, leaves=None, class_counts={"a": 9}
    )
    return made_report(
        made_set(
            mistakes=(mistake,),
            unreadable=(unreadable,),
            unknown=(unknown,),
            at_threshold=CoveragePoint(threshold=0.65, coverage=0.75, accuracy=1.0),
        ),
        made_set(name="field", leaves=None, shared_leaf_photos=None),
        training=TrainingFacts(
            plan={"title": "quadrant IV"},
            plan_text="quadrant IV: tiny",
            proof=(PhaseProof(phase="head", seconds=9.5, frozen=12, checksum="ef" * 32),),
            history={"loss": (0.5, 0.25)},
            skipped=(unreadable,),
            data=data,
        ),
        advice={"quadrant": "IV"},
        advice_figure="<svg/>",
        audit={"photos": 9},
        versions={"transferleaf": "0.1.0"},
        command="transferleaf evaluate model.keras leaves",
    )
