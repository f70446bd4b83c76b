from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from transferleaf.training.head_solver import (
    HeadProblem,
    feature_scale,
    mean_cross_entropy,
    softmax,
    solve_head,
)


def clouds(*, photos: int = 120, features: int = 6, classes: int = 3, seed: int = 0):
    """Three overlapping clouds, far from the origin and of very different scales."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(classes, size=photos)
    centres = np.random.default_rng(99).normal(size=(classes, features))
    scales = 10.0 ** np.arange(features)
    points = (centres[labels] + rng.normal(size=(photos, features)) + 5) * scales
    return points.astype(np.float32), labels


def problem(points, labels, weights=None, classes: int = 3) -> HeadProblem:
    return HeadProblem(
        features=points,
        targets=np.eye(classes, dtype=np.float32)[labels],
        weights=np.ones(len(points), np.float32) if weights is None else weights,
    )


def test_the_head_agrees_with_logistic_regression_of_scikit_learn():
    points, labels = clouds()
    train = problem(points, labels)
    standardised = (points - points.mean(0)) / points.std(0)
    # scikit-learn's C weighs the sum over photos, ours the penalty beside their mean.
    reference = LogisticRegression(C=1 / (0.01 * len(points)), tol=1e-8, max_iter=10_000)
    reference.fit(standardised.astype(np.float64), labels)

    head = solve_head(train, train, strengths=(0.01,))

    expected = reference.predict_proba(standardised.astype(np.float64))
    np.testing.assert_allclose(head.probabilities(points), expected, atol=2e-3)


def test_validation_chooses_the_strength():
    points, labels = clouds(photos=40)
    unseen = problem(*clouds(photos=400, seed=1))

    head = solve_head(problem(points, labels), unseen)

    losses = dict(head.searched)
    assert head.l2 == min(losses, key=losses.get)
    assert mean_cross_entropy(head.probabilities(unseen.features), unseen) == pytest.approx(
        losses[head.l2]
    )


def test_the_search_ends_when_validation_has_become_worse_twice():
    points, labels = clouds(photos=12)
    unseen = problem(*clouds(photos=400, seed=1))

    head = solve_head(problem(points, labels), unseen)

    losses = [loss for _, loss in head.searched]
    assert len(losses) < 9
    assert losses[-1] > losses[-2] > losses[-3]


def test_a_photo_of_weight_two_counts_like_two_photos():
    points, labels = clouds()
    weights = np.where(np.arange(len(labels)) < 30, 2, 1).astype(np.float32)
    twice = np.concatenate([np.arange(len(labels)), np.arange(30)])
    weighted = problem(points, labels, weights)
    # Standardised by the same photos, so that only the weights differ.
    repeated = problem(points[twice], labels[twice])

    one = solve_head(weighted, weighted, strengths=(0.05,)).probabilities(points)
    other = solve_head(repeated, repeated, strengths=(0.05,)).probabilities(points)

    np.testing.assert_allclose(one, other, atol=0.02)
    assert (
        np.abs(
            one
            - solve_head(*2 * [problem(points, labels)], strengths=(0.05,)).probabilities(points)
        ).max()
        > 0.02
    )


def test_a_constant_feature_does_no_harm():
    points, labels = clouds()
    points[:, 2] = 7.0
    train = problem(points, labels)

    head = solve_head(train, train, strengths=(0.01,))

    assert head.scale[2] == 1.0
    assert np.isfinite(head.probabilities(points)).all()


def test_stages_of_different_width_have_the_same_total_variance():
    points, _ = clouds(features=6)
    widths = (1, 2, 3)

    scaled = points / feature_scale(points, widths)

    totals = [part.var(axis=0).sum() for part in np.split(scaled, [1, 3], axis=1)]
    np.testing.assert_allclose(totals, 2.0, rtol=1e-3)


def test_a_single_stage_is_standardised_plainly():
    points, _ = clouds()

    np.testing.assert_allclose(feature_scale(points, ()), points.std(axis=0), rtol=1e-5)


def test_progress_is_told():
    told = []
    train = problem(*clouds())

    solve_head(train, train, strengths=(0.1, 0.01), on_step=lambda *step: told.append(step))

    assert told == [(1, 2), (2, 2)]


def test_softmax_survives_large_logits():
    np.testing.assert_allclose(softmax(np.array([[1e4, 0.0]], np.float32)), [[1.0, 0.0]])
