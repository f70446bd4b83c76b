from __future__ import annotations

import numpy as np
import pytest

from transferleaf.head.space import Photos, Point, log_softmax


def random(*shape: int, seed: int = 0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def photos_of(features, weights=None) -> Photos:
    n = len(features)
    return Photos.of(
        features,
        np.eye(3, dtype=np.float32)[np.arange(n) % 3],
        np.ones(n, np.float32) if weights is None else weights,
    )


@pytest.mark.parametrize(
    ("n", "n_features"),
    [
        pytest.param(20, 5, id="many more photos than features"),
        pytest.param(7, 5, id="a few more photos than features"),
        pytest.param(5, 20, id="fewer photos than features"),
    ],
)
def test_scores_are_the_features_times_the_kernel(n, n_features):
    features, coefficients = random(n, n_features), random(n, 3, seed=1)

    point = photos_of(features).point(coefficients, np.zeros(3, np.float32))

    kernel = features.T @ coefficients / n
    np.testing.assert_allclose(point.scores, features @ kernel, atol=1e-5)


def test_the_objective_is_cross_entropy_plus_the_penalty_on_the_kernel_alone():
    features, coefficients, bias = random(9, 4), random(9, 3, seed=1), random(3, seed=2)
    photos = photos_of(features, weights=np.arange(9, dtype=np.float32))

    found = photos.model(photos.point(coefficients, bias), 0.2).value

    kernel = features.T @ coefficients / 9
    log_p = log_softmax(features @ kernel + bias)
    cross_entropy = -np.average((photos.targets * log_p).sum(axis=1), weights=np.arange(9))
    assert found == pytest.approx(cross_entropy + 0.1 * (kernel**2).sum(), rel=1e-5)


def test_coefficients_of_photos_that_are_all_alike_are_dropped():
    photos = photos_of(np.zeros((5, 4), np.float32))

    point = photos.point(random(5, 3), np.zeros(3, np.float32))

    np.testing.assert_array_equal(point.coefficients, 0)


def test_the_origin_is_equally_unsure_of_every_class():
    photos = photos_of(random(9, 4))

    assert photos.model(photos.origin(), 0.2).value == pytest.approx(np.log(3))


def test_weights_count_relative_to_each_other():
    features = random(9, 4)
    weights = np.arange(9, dtype=np.float32)

    photos, thrice = (photos_of(features, size * weights) for size in (1, 3))

    np.testing.assert_allclose(photos.weights, thrice.weights, rtol=1e-6)
    assert photos.weights.mean() == pytest.approx(1)


def test_the_inner_product_is_that_of_kernels_and_biases():
    features = random(9, 4)
    photos = photos_of(features)
    one, other = (photos.point(random(9, 3, seed=s), random(3, seed=s)) for s in (1, 2))

    found = one.dot(other.coefficients, other.bias)

    kernels = [features.T @ point.coefficients / 9 for point in (one, other)]
    assert found == pytest.approx(np.vdot(*kernels) + one.bias @ other.bias, rel=1e-4)


def test_a_point_is_moved_in_all_its_parts():
    zeros, ones = (np.full((2, 3), value, np.float32) for value in (0, 1))
    start = Point(coefficients=ones, scores=zeros, bias=zeros[0])
    step = Point(coefficients=ones, scores=2 * ones, bias=3 * ones[0])

    moved = start.plus(0.5, step)

    assert (moved.coefficients[0, 0], moved.scores[0, 0], moved.bias[0]) == (1.5, 1.0, 1.5)
    assert moved.scores.dtype == np.float32


def test_log_softmax_survives_large_logits():
    found = log_softmax(np.array([[1e4, 0.0]], np.float32))

    np.testing.assert_allclose(found, [[0.0, -1e4]])
