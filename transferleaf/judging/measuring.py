"""Computation of the metrics from the predictions for a set of photos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from transferleaf.datasets.labels import parse_label
from transferleaf.judging.answers import Answers
from transferleaf.reports.background_swap import BackgroundSwap
from transferleaf.reports.coverage import coverage_curve, coverage_of
from transferleaf.reports.metrics import in_top, macro_f1_interval, share_interval
from transferleaf.reports.per_class import class_reports, confusion_matrix
from transferleaf.reports.reliability import reliability_curve
from transferleaf.reports.set_report import Mistake, SetReport
from transferleaf.reports.structure import coarse_accuracy
from transferleaf.reports.temperature import scaled

_TOP = 5  # as usual when networks are compared


def measure(
    answers: Answers,
    *,
    name: str,
    fingerprint: str,
    classes: Sequence[str],
    temperature: float,
    threshold: float | None,
    training_leaves: frozenset[str] | None,
    mistakes: tuple[Mistake, ...],
    swap: BackgroundSwap | None = None,
) -> SetReport:
    """Compute the metrics of a classifier on one set of photos.

    Args:
        answers: The predictions.
        name: Name of the set.
        fingerprint: Fingerprint of the whole set.
        classes: The classes of the classifier.
        temperature: The temperature that its probabilities already include.
        threshold: The calibrated threshold; ``None`` without one.
        training_leaves: Known leaves of the training photos; ``None`` if unknown.
        mistakes: The wrong predictions to show.
        swap: The accuracy on other backgrounds; ``None`` if it was not measured.
    """
    truth, predicted, groups = answers.truth, answers.predicted, answers.groups
    right, verdicts = truth == predicted, answers.verdicts
    labels = [parse_label(each) for each in classes]
    confusion = confusion_matrix(truth, predicted, n_classes=len(classes))
    top = min(_TOP, len(classes))
    in_five = in_top(answers.probabilities, truth, k=top)
    return SetReport(
        name=name,
        origin=answers.photos.origin,
        fingerprint=fingerprint,
        photos=len(truth),
        leaves=answers.photos.n_leaves or None,
        shared_leaf_photos=_shared(answers, training_leaves),
        unreadable=answers.unreadable,
        unknown=answers.unknown,
        accuracy=share_interval(right, groups=groups),
        macro_f1=macro_f1_interval(truth, predicted, n_classes=len(classes), groups=groups),
        top_k=top,
        top_k_accuracy=share_interval(in_five, groups=groups),
        per_class=class_reports(truth, predicted, classes, groups=groups),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        crop_accuracy=coarse_accuracy(
            [label.crop for label in labels], truth, predicted, groups=groups
        ),
        healthy_accuracy=coarse_accuracy(
            [label.healthy for label in labels], truth, predicted, groups=groups
        ),
        temperature=temperature,
        before=reliability_curve(scaled(answers.probabilities, 1 / temperature), truth),
        after=reliability_curve(answers.probabilities, truth),
        coverage=coverage_curve(answers.confidence, right),
        at_threshold=(
            None
            if threshold is None or verdicts is None
            else coverage_of(threshold, [each == "sure" for each in verdicts], right)
        ),
        verdicts=None if verdicts is None else dict(Counter(verdicts)),
        mistakes=mistakes,
        mistakes_total=int(np.sum(~right)),
        swap=swap,
    )


def _shared(answers: Answers, training_leaves: frozenset[str] | None) -> int | None:
    if not training_leaves or not answers.photos.n_leaves:
        return None
    return sum(leaf in training_leaves for leaf in answers.photos.leaves)
