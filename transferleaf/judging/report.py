"""The report on a classifier: predictions for each set of test photos, and metrics."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from transferleaf.advice.advice import Advice
from transferleaf.auditing.audit import Audit
from transferleaf.datasets.label_map import is_joined
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import ConfigError
from transferleaf.judging.answers import ask
from transferleaf.judging.background_swap import measure_swap
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
from transferleaf.reports.report import Report
from transferleaf.reports.set_report import SetReport
from transferleaf.text.progress import Reporter
from transferleaf.training.checks import check_trained
from transferleaf.whole_numbers import whole_number

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
    swap_backgrounds: bool | None = None,
    batch_size: int = 32,
    verbose: int = 1,
) -> Report:
    """Evaluate a classifier on test photos, and return a report with confidence intervals.

    Args:
        classifier: A trained ``TransferClassifier``.
        test_data: Photos that were not used for training. A dictionary of several sets, such as
            ``{"lab": lab, "field": field}``, compares them; the first is the main set.
        label_map: A dictionary from the class names of the photos to those of the classifier, or to
            ``None`` for a class that the classifier does not have. Other names stay the same.
            ``match_classes`` proposes such a map.
        training_data: The training photos. The report describes them, and counts the test photos of
            the same leaves.
        advice: The advice to include. Default: the advice of the classifier.
        audit: An audit to include.
        title: Title of the report. Default: the backbone and the number of classes.
        command: The command to show in the report.
        swap_backgrounds: Whether to measure the accuracy with the leaves on other backgrounds too,
            on at most 300 photos of each set. Default: if most of them show a leaf on a plain
            background, and at least 30 do.
        batch_size: Number of photos per batch, at least 1.
        verbose: 0 for no output, 1 for progress bars.

    Returns:
        The report: ``save_html`` writes a page, ``save`` a JSON file, ``to_markdown`` a model card.

    Raises:
        ConfigError: ``test_data`` has another type or is empty, or ``label_map`` contains unknown
            classes.
        NotTrainedError: The classifier is not trained.
        ClassMismatchError: The classifier has none of the classes of a set.
        BadPhotosError: No photo of a set can be read.
    """
    sets = _by_name(test_data)
    check_trained(classifier, "a report")
    if label_map is not None:
        check_label_map(label_map, list(sets.values()), classifier.classes)
    size = whole_number("batch_size", batch_size, minimum=1)
    reporter = Reporter(verbose)
    advised = classifier.advice if advice is None else advice
    return Report(
        title=title or f"{classifier.backbone.name} on {len(classifier.classes)} leaf classes",
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        classes=classifier.classes,
        sets=tuple(
            _judged(
                classifier, name, data, label_map, training_data, swap_backgrounds, size, reporter
            )
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
    swap_backgrounds: bool | None,
    batch_size: int,
    reporter: Reporter,
) -> SetReport:
    classes, calibration = classifier.classes, classifier.calibration
    threshold = None if calibration is None else calibration.threshold
    labels = matched_labels(data, classes, label_map, name=f"the {name} photos")
    answers = ask(classifier, data, labels, threshold=threshold, batch_size=batch_size)
    trained_on = frozenset() if training_data is None else _leaf_ids(training_data, data)
    return measure(
        answers,
        name=name,
        fingerprint=data.fingerprint(),
        classes=classes,
        temperature=1.0 if calibration is None else calibration.temperature,
        threshold=threshold,
        training_leaves=trained_on or None,
        mistakes=worst_mistakes(classifier, answers, classes, reporter),
        swap=measure_swap(
            classifier, answers, asked=swap_backgrounds, batch_size=batch_size, reporter=reporter
        ),
    )


def _leaf_ids(training_data: LeafDataset, test_data: LeafDataset) -> frozenset[str]:
    """Return the leaf ids of the training photos, as they are in the test data.

    ``join`` numbers its data sets: the leaf "7" of the first becomes "1/7".
    """
    ids = frozenset(leaf for leaf in training_data.leaves if leaf is not None)
    if is_joined(training_data) and not is_joined(test_data):
        return ids | {leaf.partition("/")[2] for leaf in ids}
    return ids


def _by_name(test_data: object) -> dict[str, LeafDataset]:
    named = {"test": test_data} if isinstance(test_data, LeafDataset) else test_data
    if not isinstance(named, Mapping) or not named:
        raise ConfigError("test_data", test_data, "be a LeafDataset, or several of them by name")
    for name, data in named.items():
        if not isinstance(data, LeafDataset) or not len(data):
            must = f"contain photos under each name; {name!r} has none"
            raise ConfigError("test_data", test_data, must)
    return dict(named)
