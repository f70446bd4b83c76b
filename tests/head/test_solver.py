from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from transferleaf.head.solver import (
    HeadProblem,
    mean_cross_entropy,
    softmax,
    solve_head,
)


def clouds(
    *, photos: int = 120, features: int = 6, classes: int = 3, decades: int = 5, seed: int = 0
):
    """Overlapping clouds, far from the origin, with scales over ``decades`` powers of ten."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(classes, size=photos)
    centres = np.random.default_rng(99).normal(size=(classes, features))
    scales = np.logspace(0, decades, features)
    points = (centres[labels] + rng.normal(size=(photos, features)) + 5) * scales
    return points.astype(np.float32), labels


def problem(points, labels, weights=None, classes: int = 3) -> HeadProblem:
    return HeadProblem(
        features=points,
        targets=np.eye(classes, dtype=np.float32)[labels],
        weights=np.ones(len(points), np.float32) if weights is None else weights,
    )


@pytest.mark.parametrize(
    ("photos", "features", "classes"),
    [
        pytest.param(120, 6, 3, id="many photos"),
        pytest.param(40, 90, 3, id="more features than photos"),
        pytest.param(90, 90, 3, id="as many of both"),
        pytest.param(60, 8, 2, id="two classes"),
        pytest.param(400, 30, 40, id="forty classes"),
    ],
)
@pytest.mark.parametrize(("l2", "atol"), [(1.0, 1e-3), (0.01, 1e-3), (1e-4, 5e-3)])
def test_the_head_agrees_with_logistic_regression_of_scikit_learn(
    photos, features, classes, l2, atol
):
    points, labels = clouds(photos=photos, features=features, classes=classes, decades=3)
    labels[:classes] = np.arange(classes)
    train = problem(points, labels, classes=classes)

    head = solve_head(train, train, strengths=(l2,))

    expected = scikit_learn_probabilities(points, labels, l2=l2)
    np.testing.assert_allclose(head.probabilities(points), expected, atol=atol)


def scikit_learn_probabilities(points, labels, *, l2: float):
    standardised = ((points - points.mean(0)) / points.std(0)).astype(np.float64)
    # For two classes, scikit-learn has one kernel, the difference of ours, and so half the penalty.
    penalty = l2 / 2 if labels.max() == 1 else l2
    # C in scikit-learn weights the sum over photos, while our penalty is relative to their mean.
    reference = LogisticRegression(C=1 / (penalty * len(points)), tol=1e-8, max_iter=10_000)
    return reference.fit(standardised, labels).predict_proba(standardised)


def test_repeated_photos_and_features_change_nothing():
    points, labels = clouds(photos=30, features=4)
    wide = np.tile(points, 3)
    train, repeated = problem(wide, labels), problem(np.tile(wide, (4, 1)), np.tile(labels, 4))

    once = solve_head(train, train, strengths=(0.01,)).probabilities(wide)
    often = solve_head(repeated, repeated, strengths=(0.01,)).probabilities(wide)

    np.testing.assert_allclose(once, often, atol=2e-3)


def test_a_class_without_photos_gets_no_probability():
    points, labels = clouds()
    train = problem(points, labels, classes=4)

    head = solve_head(train, train, strengths=(0.01,))

    assert head.probabilities(points)[:, 3].max() < 1e-3
    assert np.isfinite(head.kernel).all()


def test_one_photo_is_predicted_as_its_class():
    points = np.ones((1, 5), np.float32)
    train = problem(points, [2])

    head = solve_head(train, train)

    assert head.probabilities(points)[0, 2] > 0.99


def test_photos_that_are_all_alike_get_the_shares_of_the_classes():
    points = np.full((10, 4), 7.1, np.float32)
    train = problem(points, [0] * 7 + [1] * 3, classes=40)

    head = solve_head(train, train)

    np.testing.assert_allclose(head.probabilities(points)[0, :3], [0.7, 0.3, 0], atol=1e-3)
    np.testing.assert_array_equal(head.kernel, 0)


def test_soft_targets_are_met():
    points, _ = clouds(photos=50)
    shares = np.tile(np.float32([0.5, 0.3, 0.2]), (50, 1))
    train = HeadProblem(features=points, targets=shares, weights=np.ones(50, np.float32))

    head = solve_head(train, train)

    np.testing.assert_allclose(head.probabilities(points), shares, atol=2e-3)


def test_the_label_of_a_photo_of_weight_zero_does_not_matter():
    points, labels = clouds()
    weights = np.where(np.arange(len(labels)) < 30, 0, 1).astype(np.float32)
    other_labels = np.where(weights == 0, (labels + 1) % 3, labels)
    one, other = (problem(points, some, weights) for some in (labels, other_labels))

    np.testing.assert_allclose(
        solve_head(one, one).kernel, solve_head(other, other).kernel, rtol=1e-4, atol=1e-6
    )


def test_the_same_problem_has_the_same_answer_every_time():
    train = problem(*clouds(photos=40, features=50, decades=3))

    one, other = solve_head(train, train), solve_head(train, train)

    np.testing.assert_array_equal(one.kernel, other.kernel)
    assert one.searched == other.searched


def test_an_answer_does_not_depend_on_the_strengths_before_it():
    train = problem(*clouds(photos=40, features=50, decades=3))
    unseen = problem(*clouds(photos=400, features=50, decades=3, seed=1))

    searched = solve_head(train, unseen)
    alone = solve_head(train, unseen, strengths=(searched.l2,))

    np.testing.assert_allclose(
        searched.probabilities(unseen.features), alone.probabilities(unseen.features), atol=5e-3
    )


def test_solving_takes_one_more_copy_of_the_features():
    points, labels = clouds(photos=20_000, features=200, decades=3)
    train = problem(points, labels)
    few = problem(points[:100], labels[:100])

    tracemalloc.start()
    solve_head(train, few, strengths=(0.1,))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert 1.0 < peak / points.nbytes < 1.5


def test_probabilities_take_no_copy_of_the_features():
    points, labels = clouds(photos=200, features=200, decades=3)
    head = solve_head(*2 * [problem(points, labels)], strengths=(0.1,))
    many = np.tile(points, (100, 1))

    tracemalloc.start()
    head.probabilities(many)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 0.25 * many.nbytes


def test_validation_chooses_the_strength():
    points, labels = clouds(photos=40)
    unseen = problem(*clouds(photos=400, seed=1))

    head = solve_head(problem(points, labels), unseen)

    losses = dict(head.searched)
    assert head.l2 == min(losses, key=losses.get)
    assert mean_cross_entropy(head.probabilities(unseen.features), unseen) == pytest.approx(
        losses[head.l2], rel=0.02
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
    # Standardised with the same photos, so that only the weights differ.
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

    assert head.scaling.scale[2] == 1.0
    assert np.isfinite(head.probabilities(points)).all()


def test_progress_is_reported():
    told = []
    train = problem(*clouds())

    solve_head(train, train, strengths=(0.1, 0.01), on_step=lambda *step: told.append(step))

    assert told == [(1, 2), (2, 2)]


def test_softmax_survives_large_logits():
    np.testing.assert_allclose(softmax(np.array([[1e4, 0.0]], np.float32)), [[1.0, 0.0]])
