from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.judging.answers import Answers
from transferleaf.judging.measuring import measure
from transferleaf.judging.mistakes import surest_wrong
from transferleaf.reports.temperature import scaled

CLASSES = ("Bean___healthy", "Bean___rust", "Mint___rust")


def answers(leaves=("a", "a", "b", None)):
    """Four photos. The second and the fourth prediction are wrong."""
    return Answers(
        photos=LeafDataset(
            paths=[f"{number}.jpg" for number in range(4)],
            labels=[0, 0, 1, 2],
            classes=CLASSES,
            leaves=leaves,
            origin="here",
        ),
        truth=np.array([0, 0, 1, 2]),
        probabilities=np.array(
            [[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.1, 0.7, 0.2], [0.05, 0.9, 0.05]]
        ),
        unreadable=(),
        unknown=(),
    )


def measured(found, **changes):
    options = {
        "name": "lab",
        "fingerprint": "ab" * 32,
        "classes": CLASSES,
        "temperature": 1.0,
        "threshold": None,
        "training_leaves": None,
        "mistakes": (),
    }
    return measure(found, **options | changes)


@pytest.mark.parametrize(
    ("figure", "value"),
    [("accuracy", 0.5), ("crop_accuracy", 0.75), ("healthy_accuracy", 0.75), ("top_k_accuracy", 1)],
)
def test_shares_have_intervals(figure, value):
    interval = getattr(measured(answers()), figure)

    assert interval.value == value
    assert interval.low <= value <= interval.high


def test_photos_of_leaves_that_were_trained_on_are_counted():
    report = measured(answers(), training_leaves=frozenset({"a", "z"}))

    assert (report.leaves, report.shared_leaf_photos) == (2, 2)


def test_without_known_leaves_leaf_counts_are_none():
    report = measured(answers(leaves=[None] * 4), training_leaves=frozenset({"a"}))

    assert (report.leaves, report.shared_leaf_photos) == (None, None)


def test_reliability_before_is_that_without_the_folded_temperature():
    raw = answers()
    calibrated = Answers(
        photos=raw.photos,
        truth=raw.truth,
        probabilities=scaled(raw.probabilities, 2.0),
        unreadable=(),
        unknown=(),
    )

    report = measured(calibrated, temperature=2.0)

    assert report.before.nll == pytest.approx(measured(raw).after.nll)
    assert report.after.nll != pytest.approx(report.before.nll)


def test_sure_predictions_have_a_coverage():
    found = replace(answers(), verdicts=("sure", "unsure", "unsure", "sure"))

    report = measured(found, threshold=0.75)

    assert (report.at_threshold.coverage, report.at_threshold.accuracy) == (0.5, 0.5)
    assert report.verdicts == {"sure": 2, "unsure": 2}


def test_a_photo_unlike_the_training_photos_is_not_sure():
    found = replace(answers(), verdicts=("sure", "unsure", "unsure", "unknown"))

    report = measured(found, threshold=0.75)

    assert (report.at_threshold.coverage, report.at_threshold.accuracy) == (0.25, 1.0)
    assert report.verdicts == {"sure": 1, "unsure": 2, "unknown": 1}


def test_the_surest_mistake_comes_first():
    assert surest_wrong(answers()) == [3, 1]


def test_each_class_has_its_intervals_by_leaf():
    one_leaf = measured(answers(leaves=("a", "a", "b", "c"))).per_class[0].recall_interval
    two_leaves = measured(answers(leaves=("a", "d", "b", "c"))).per_class[0].recall_interval

    assert one_leaf.value == two_leaves.value == 0.5
    assert one_leaf != two_leaves
