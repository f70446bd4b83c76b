from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix as reference_confusion
from sklearn.metrics import precision_recall_fscore_support

from transferleaf.reports.per_class import ClassReport, confusion_matrix, per_class

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
def test_what_cannot_be_measured_is_none(confusion, expected):
    assert per_class(confusion, ["a", "b"])[0] == expected
