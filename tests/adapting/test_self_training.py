"""Self-training: photos without labels move the head, if its predictions can be trusted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from transferleaf.adapting.self_training import self_trained
from transferleaf.head.solver import HeadProblem, solve_head

FEATURES = 6


def drawn(rng, number, *, shift, noise):
    """Photos of two classes whose features differ; ``shift`` moves a second feature."""
    labels = np.arange(number) % 2
    features = rng.normal(0, noise, size=(number, FEATURES))
    features[:, 0] += 2.0 * labels
    features[:, 1] += shift * labels
    return features.astype(np.float32), labels


def problem(features, labels):
    return HeadProblem(
        features=features,
        targets=np.eye(2, dtype=np.float32)[labels],
        weights=np.ones(len(labels), np.float32),
    )


def adapted(unlabelled, *, seed=0):
    """Solve a head on laboratory photos, and adapt it."""
    features, labels = drawn(np.random.default_rng(seed), 80, shift=0.0, noise=0.5)
    features[:, 1] *= 0.02  # hardly varies in the laboratory
    labelled = problem(features, labels)
    halves = problem(features[:40], labels[:40]), problem(features[40:], labels[40:])
    head = solve_head(labelled, labelled, strengths=(0.1,))
    return head, *self_trained(labelled, halves, unlabelled, head=head, groups=())


def accuracy(head, features, labels):
    return float((head.probabilities(features).argmax(axis=1) == labels).mean())


def test_a_head_learns_a_feature_that_only_the_other_photos_have():
    rng = np.random.default_rng(1)
    unlabelled, _ = drawn(rng, 200, shift=4.0, noise=0.9)
    fresh, truth = drawn(rng, 2000, shift=4.0, noise=0.9)

    before, after, result = adapted(unlabelled)

    assert result.adapted
    assert 0.7 < result.agreement <= 1
    assert accuracy(after, fresh, truth) > accuracy(before, fresh, truth) + 0.04


def test_photos_with_a_low_probability_are_not_used():
    unlabelled, _ = drawn(np.random.default_rng(1), 200, shift=0.0, noise=1.5)

    _, _, result = adapted(unlabelled)

    assert 0 < result.used < 200


def test_a_head_keeps_its_kernel_if_two_heads_disagree():
    rng = np.random.default_rng(2)
    # Each half of the labelled photos explains the classes by another feature.
    labels = np.arange(80) % 2
    features = rng.normal(0, 0.1, size=(80, FEATURES)).astype(np.float32)
    features[:40, 0] += 2 * labels[:40]
    features[40:, 1] += 2 * labels[40:]
    labelled = problem(features, labels)
    halves = problem(features[:40], labels[:40]), problem(features[40:], labels[40:])
    head = solve_head(labelled, labelled, strengths=(0.1,))
    unlabelled = np.zeros((20, FEATURES), np.float32)
    unlabelled[:, 0], unlabelled[:, 1] = 2, -2

    after, result = self_trained(labelled, halves, unlabelled, head=head, groups=())

    assert result.agreement < 0.5
    assert not result.adapted
    assert after is head
    assert "This is too little" in str(result)


def test_a_head_without_a_confident_prediction_keeps_its_kernel_and_says_so():
    features, labels = drawn(np.random.default_rng(0), 80, shift=0.0, noise=0.2)
    labelled = problem(features, labels)
    halves = problem(features[:40], labels[:40]), problem(features[40:], labels[40:])
    head = solve_head(labelled, labelled, strengths=(0.1,))
    unsure = replace(head, kernel=head.kernel * 0.01)

    after, result = self_trained(labelled, halves, features, head=unsure, groups=())

    assert result.agreement == 1
    assert (after is unsure, result.used) == (True, 0)
    assert "not confident of any" in str(result)
