"""LogME is the largest evidence that any two strengths give."""

from __future__ import annotations

import numpy as np
import pytest

from transferleaf.advice.measuring.logme import logme


def dense_log_evidence(log_strengths, features, target):
    """Log density of the target under the marginal Gaussian, written down without any algebra."""
    alpha, beta = np.exp(log_strengths)
    covariance = np.eye(len(target)) / beta + features @ features.T / alpha
    _, determinant = np.linalg.slogdet(covariance)
    fit = target @ np.linalg.solve(covariance, target)
    return -0.5 * (len(target) * np.log(2 * np.pi) + determinant + fit)


def largest_on_a_grid(features, target):
    """Search a wide grid of the two strengths, then ever finer ones around the best."""
    centre, steps = np.zeros(2), np.linspace(-14, 14, 36)
    for _ in range(12):
        grid = [centre + np.array([a, b]) for a in steps for b in steps]
        values = [dense_log_evidence(point, features, target) for point in grid]
        centre, steps = grid[int(np.argmax(values))], np.linspace(-1, 1, 7) * (steps[1] - steps[0])
    return max(values)


@pytest.mark.parametrize("width", [3, 40], ids=["few features", "more features than photos"])
def test_it_is_the_largest_evidence(width):
    rng = np.random.default_rng(0)
    labels = np.arange(24) % 3
    features = rng.normal(size=(24, width))
    features[:, :3] += np.eye(3)[labels]

    found = logme(features, labels)

    each = [largest_on_a_grid(features, (labels == label) * 1.0) for label in range(3)]
    assert found == pytest.approx(np.mean(each) / 24, abs=1e-4)


def test_features_that_tell_the_classes_score_higher():
    rng = np.random.default_rng(0)
    labels = np.arange(90) % 3
    noise = rng.normal(size=(90, 6))

    scores = [logme(noise + gain * np.eye(6)[labels], labels) for gain in (0, 1, 3)]

    assert scores == sorted(scores)


def test_classes_without_photos_do_not_count():
    rng = np.random.default_rng(0)
    features, labels = rng.normal(size=(20, 3)), np.arange(20) % 2

    assert logme(features, labels * 4) == pytest.approx(logme(features, labels), abs=1e-12)


@pytest.mark.parametrize(
    "features",
    [np.zeros((6, 2)), np.ones((6, 2)), np.eye(2)[[0, 1] * 3], np.eye(6)],
    ids=["dead", "constant", "a perfect fit", "a feature for each photo"],
)
def test_it_is_finite(features):
    assert np.isfinite(logme(features, np.array([0, 1] * 3)))
