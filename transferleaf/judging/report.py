"""The report on a classifier: asks it about each set of test photos, measures, and gathers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from transferleaf.advice.advice import Advice
from transferleaf.auditing.audit import Audit
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import ConfigError
from transferleaf.judging.answers import ask
from transferleaf.judging.classifier_facts import (
    as_json,
    model_facts,
    quadrant_map,
    training_facts,
    versions,
)
from transferleaf.judging.matching import LabelMap, check_label_map, matched_labels
from transferleaf.judging.measuring import measure
from transferleaf.judging.mistakes import worst_mistakes
from transferleaf.progress import Reporter
from transferleaf.reports.report import Report
from transferleaf.reports.set_report import SetReport
from transferleaf.training.checks import check_trained

TestData = LeafDataset | Mapping[str, LeafDataset]


def report_on(
    classifier: Any,
    test_data: TestData,
    *,
    label_map: LabelMap | None = None,
    training_data: LeafDataset | None = None,
    advice: Advice | None = None,
    audit: Audit | None = None,
    title: str | None = None,
    command: str | None = None,
    verbose: int = 1,
) -> Report:
    """Judge this classifier on photos that it has not seen: figures with their uncertainty.

    Args:
        classifier: The classifier.
        test_data: Photos that it was not trained on; or several sets by name, such as ``"lab"``
            and ``"field"``, to see them side by side, the main one first.
        label_map: For photos whose classes have other names: by each of those, the classifier's
            class, or ``None`` where it has none; ``match_classes`` proposes one. A class that is
            not named keeps its name.
        training_data: What it was trained on: the report tells what that was, and how many test
            photos show a leaf of it.
        advice: What was advised for the training photos; what the classifier holds where ``None``.
        audit: An audit of photos, to be told along.
        title: What the report is about; the backbone and the number of classes where ``None``.
        command: The command that asked for it.
        verbose: 0 for silence, 1 for progress bars.

    Raises:
        ConfigError: ``test_data`` is of another kind or empty, or ``label_map`` names classes that
            nobody has.
        NotTrainedError: The classifier was never trained.
        ClassMismatchError: The classifier knows none of the classes of a set.
        BadPhotosError: No photo of a set can be read.
    """
    sets = _by_name(test_data)
    check_trained(classifier, "a report")
    if label_map is not None:
        check_label_map(label_map, list(sets.values()), classifier.classes)
    reporter = Reporter(verbose)
    advised = classifier.advice if advice is None else advice
    return Report(
        title=title or f"{classifier.backbone.name} on {len(classifier.classes)} leaf classes",
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        classes=classifier.classes,
        sets=tuple(
            _judged(classifier, name, data, label_map, training_data, reporter)
            for name, data in sets.items()
        ),
        model=model_facts(classifier),
        training=training_facts(classifier, training_data),
        advice=None if advised is None else as_json(advised.to_dict()),
        advice_figure=None if advised is None else quadrant_map(advised),
        audit=None if audit is None else as_json(audit.to_dict()),
        versions=versions(),
        command=command,
    )


def _judged(
    classifier: Any,
    name: str,
    data: LeafDataset,
    label_map: LabelMap | None,
    training_data: LeafDataset | None,
    reporter: Reporter,
) -> SetReport:
    classes, calibration = classifier.classes, classifier.calibration
    threshold = None if calibration is None else calibration.threshold
    labels = matched_labels(data, classes, label_map, name=f"the {name} photos")
    answers = ask(classifier, data, labels, threshold=threshold)
    trained_on = [] if training_data is None else training_data.leaves
    return measure(
        answers,
        name=name,
        fingerprint=data.fingerprint(),
        classes=classes,
        temperature=1.0 if calibration is None else calibration.temperature,
        threshold=threshold,
        training_leaves=frozenset(leaf for leaf in trained_on if leaf is not None) or None,
        mistakes=worst_mistakes(classifier, answers, classes, reporter),
    )


def _by_name(test_data: object) -> dict[str, LeafDataset]:
    named = {"test": test_data} if isinstance(test_data, LeafDataset) else test_data
    if not isinstance(named, Mapping) or not named:
        raise ConfigError("test_data", test_data, "be a LeafDataset, or several of them by name")
    for name, data in named.items():
        if not isinstance(data, LeafDataset) or not len(data):
            must = f"hold photos under each name; {name!r} has none"
            raise ConfigError("test_data", test_data, must)
    return dict(named)
