from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix as reference_confusion
from sklearn.metrics import precision_recall_fscore_support

from transferleaf.reports.metrics import share_interval
from transferleaf.reports.per_class import (
    ClassReport,
    class_reports,
    confusion_matrix,
    per_class,
)

CLASSES = ("a", "b", "c", "d", "e")


@pytest.fixture
def labels():
    rng = np.random.default_rng(0)
    return rng.integers(5, size=200), rng.integers(5, size=200)


def test_the_confusion_matrix_agrees_with_scikit_learn(labels):
    assert (confusion_matrix(*labels, n_classes=5) == reference_confusion(*labels)).all()


@pytest.mark.parametrize(
    ("position", "field"), list(enumerate(["precision", "recall", "f1", "support"]))
)
def test_each_class_is_measured_as_scikit_learn_does(labels, position, field):
    reference = precision_recall_fscore_support(*labels)[position]

    ours = per_class(confusion_matrix(*labels, n_classes=5), CLASSES)

    assert [getattr(entry, field) for entry in ours] == pytest.approx(reference.tolist())


@pytest.mark.parametrize(
    ("confusion", "expected"),
    [
        ([[0, 0], [0, 3]], ClassReport(name="a", precision=None, recall=None, f1=None, support=0)),
        ([[0, 0], [2, 1]], ClassReport(name="a", precision=0.0, recall=None, f1=0.0, support=0)),
        ([[0, 2], [0, 1]], ClassReport(name="a", precision=None, recall=0.0, f1=0.0, support=2)),
    ],
    ids=["neither there nor called", "called, not there", "there, never called"],
)
def test_unmeasurable_values_are_none(confusion, expected):
    assert per_class(confusion, ["a", "b"])[0] == expected


def test_values_are_the_same_with_intervals_and_without(labels):
    plain = per_class(confusion_matrix(*labels, n_classes=5), CLASSES)

    found = class_reports(*labels, CLASSES, resamples=20)

    assert [(entry.precision, entry.recall, entry.f1) for entry in found] == [
        (entry.precision, entry.recall, entry.f1) for entry in plain
    ]


def test_the_interval_of_a_recall_is_that_of_a_share_of_the_photos_of_its_class():
    truth = np.repeat([0, 1], 400)
    predicted = np.where(np.arange(800) % 4 == 0, 1 - truth, truth)

    found = class_reports(truth, predicted, ["a", "b"])[0].recall_interval

    reference = share_interval(predicted[:400] == 0)
    assert found.value == reference.value == 0.75
    assert (found.low, found.high) == pytest.approx((reference.low, reference.high), abs=0.015)


@pytest.mark.parametrize("measure", ["precision_interval", "recall_interval", "f1_interval"])
def test_photos_that_share_a_leaf_make_the_intervals_of_a_class_wider(measure):
    rng = np.random.default_rng(0)
    leaves = np.repeat(np.arange(40), 10)
    truth = leaves % 2
    predicted = (np.where(rng.random(40) < 0.3, 1, 0)[leaves] + truth) % 2

    by_photo, by_leaf = (
        getattr(class_reports(truth, predicted, ["a", "b"], groups=groups)[0], measure)
        for groups in (None, leaves.tolist())
    )

    assert by_leaf.high - by_leaf.low > 1.5 * (by_photo.high - by_photo.low)


def test_what_was_not_measured_has_no_interval():
    found = class_reports([0, 0, 2], [0, 2, 2], ["seen", "absent", "other"])

    absent = found[1]
    assert [absent.precision_interval, absent.recall_interval, absent.f1_interval] == [None] * 3


def test_no_interval_is_nan_however_few_photos_a_class_has():
    truth, predicted = [0, 1, 2, 2, 2], [0, 2, 1, 2, 2]

    found = class_reports(truth, predicted, ["a", "b", "c"])

    ends = [entry.to_row()[f"f1_{end}"] for entry in found for end in ("low", "high")]
    assert all(0 <= end <= 1 for end in ends)


def test_a_row_of_a_table_has_plain_values():
    row = class_reports([0, 1] * 20, [0, 1] * 20, ["a", "b"], resamples=20)[0].to_row()

    assert (row["name"], row["support"], row["f1"], row["f1_high"]) == ("a", 20, 1.0, 1.0)
    assert 0.8 < row["f1_low"] < 1
