from __future__ import annotations

import numpy as np
import pytest

from tests.auditing.made import dataset
from transferleaf.auditing.evidence import FeatureEvidence
from transferleaf.auditing.label_errors import (
    confident_joint,
    doubtful_labels,
    find_label_errors,
)
from transferleaf.errors import ConfigError

A, B = [0.9, 0.1], [0.1, 0.9]
SURELY_B = [0.02, 0.98]
UNSURE = [0.45, 0.55]
NOT_READ = [float("nan")] * 2


def evidence(*probabilities) -> FeatureEvidence:
    features = np.array([[row[0]] for row in probabilities])
    return FeatureEvidence(features=features, probabilities=np.array(probabilities), backbone="x")


def test_the_confident_joint_counts_labels_against_classes():
    labels = np.array([0, 0, 0, 1, 1])

    # Class 0 is confident from (0.9 + 0.9 + 0.1) / 3 on, class 1 from 0.9 on.
    joint = confident_joint(labels, np.array([A, A, B, B, B]))

    assert joint.tolist() == [[2, 1], [0, 2]]


def test_a_photo_that_is_confidently_of_no_class_is_not_counted():
    joint = confident_joint(np.array([0, 0, 1, 1]), np.array([A, UNSURE, SURELY_B, SURELY_B]))

    assert joint.tolist() == [[1, 0], [0, 2]]


def test_nothing_is_confidently_of_a_class_without_photos():
    joint = confident_joint(np.array([0, 0]), np.array([A, SURELY_B]))

    assert joint.tolist() == [[1, 0], [0, 0]]


def test_the_least_credible_label_comes_first():
    labels = np.array([0] * 6 + [1] * 4)

    doubts = doubtful_labels(labels, np.array([A, A, A, A, B, SURELY_B, B, B, B, B]))

    assert [(doubt.photo, doubt.given, doubt.likely) for doubt in doubts] == [(5, 0, 1), (4, 0, 1)]
    assert doubts[0].given_probability == pytest.approx(0.02)
    assert doubts[0].likely_probability == pytest.approx(0.98)


@pytest.mark.parametrize(
    "guesses", [[A, A, B, B], [UNSURE, A, B, B]], ids=["all agree", "unsure of one"]
)
def test_labels_that_the_model_has_no_strong_doubts_of_are_left_alone(guesses):
    assert doubtful_labels(np.array([0, 0, 1, 1]), np.array(guesses)) == ()


@pytest.mark.parametrize("classes", [3, 10])
def test_most_labels_that_were_changed_are_found_and_few_others_named(classes):
    rng = np.random.default_rng(0)
    truth = rng.integers(classes, size=2000)
    logits = rng.normal(size=(2000, classes))
    logits[np.arange(2000), truth] += 6
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    changed = np.arange(2000) < 100
    labels = np.where(changed, (truth + 1) % classes, truth)

    named = [doubt.photo for doubt in doubtful_labels(labels, probabilities)]

    assert changed[named].sum() >= 80
    assert changed[named].mean() >= 0.95


def test_a_finding_names_photos_and_both_classes():
    guesses = evidence(A, A, A, SURELY_B, B, B)

    (finding,) = find_label_errors(dataset("aaaabb"), guesses)

    assert finding.title == "1 photo looks like another class than the label says"
    assert (finding.check, finding.severity, finding.count) == ("label-errors", "warning", 1)
    assert finding.photos == ("a/3.jpg",)
    assert finding.classes == ("a",)
    assert finding.notes == {"a/3.jpg": "looks like b (98%), not a (2%)"}
    assert finding.figures == {"share": 0.1667, "accuracy": 0.8333}
    assert finding.sure == (
        "a hint: predictions of a model on x, trained on other leaves, which agrees with 83% of "
        "all labels"
    )


def test_a_model_that_mostly_agrees_is_likely_right():
    guesses = evidence(*[A] * 19, SURELY_B, *[B] * 20)

    (finding,) = find_label_errors(dataset("a" * 20 + "b" * 20), guesses)

    assert finding.sure.startswith("likely: ")


def test_photos_that_were_not_read_are_passed_over():
    guesses = evidence(NOT_READ, A, A, A, SURELY_B, B, B)

    (finding,) = find_label_errors(dataset("aaaaabb"), guesses)

    assert finding.photos == ("a/4.jpg",)


def test_sound_labels_are_no_finding():
    assert find_label_errors(dataset("aabb"), evidence(A, A, B, B)) == ()


def test_evidence_of_other_photos_is_refused():
    with pytest.raises(ConfigError, match="of 2 photos and 2 classes"):
        find_label_errors(dataset("aab"), evidence(A, B))
