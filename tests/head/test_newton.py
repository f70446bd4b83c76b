from __future__ import annotations

import numpy as np
import pytest

from transferleaf.head.newton import descend, extrapolate
from transferleaf.head.space import Photos, Point


@pytest.fixture(params=[(90, 7), (30, 60)], ids=["more photos", "more features"])
def photos(request) -> Photos:
    n, n_features = request.param
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=n)
    centres = rng.normal(size=(3, n_features))
    features = (centres[labels] + rng.normal(size=(n, n_features))).astype(np.float32)
    return Photos.of(
        features - features.mean(axis=0),
        np.eye(3, dtype=np.float32)[labels],
        rng.uniform(0.5, 1.5, size=n).astype(np.float32),
    )


def elsewhere(photos: Photos) -> Point:
    noise = np.random.default_rng(1).normal(size=photos.targets.shape).astype(np.float32)
    return photos.point(20 * noise, noise[0])


def answer_of(log10_l2: float) -> Point:
    filled = np.full((2, 3), log10_l2, np.float32)
    return Point(coefficients=filled, scores=filled, bias=filled[0])


@pytest.mark.parametrize("l2", [10.0, 0.1, 1e-3])
def test_the_slope_vanishes_at_the_answer(photos, l2):
    answer = descend(photos, photos.origin(), l2, tolerance=1e-6)

    logits = answer.scores + answer.bias
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    # Where the gradient is zero, the kernel is given by the errors of the photos, divided by the
    # strength.
    error = photos.weights * (photos.targets - p)
    np.testing.assert_allclose(photos.product(error), l2 * answer.scores, atol=1e-3)
    np.testing.assert_allclose(error.mean(axis=0), 0, atol=1e-4)


@pytest.mark.parametrize("l2", [10.0, 0.1, 1e-3])
def test_the_answer_does_not_depend_on_the_start(photos, l2):
    one = descend(photos, photos.origin(), l2, tolerance=1e-6)
    other = descend(photos, elsewhere(photos), l2, tolerance=1e-6)

    np.testing.assert_allclose(one.scores, other.scores, atol=0.02)


def test_a_smaller_tolerance_gets_further_down(photos):
    coarse, fine = (
        photos.model(descend(photos, photos.origin(), 1e-3, tolerance=tolerance), 1e-3).value
        for tolerance in (0.1, 1e-6)
    )

    assert fine < coarse < photos.model(photos.origin(), 1e-3).value


def test_the_guess_lies_on_the_line_through_two_answers_in_the_logarithm_of_the_strength():
    path = [(1e3, answer_of(3)), (1e-1, answer_of(-1)), (1e-2, answer_of(-2))]

    guess = extrapolate(path, 1e-4)

    np.testing.assert_allclose(guess.coefficients, -4, rtol=1e-6)
    np.testing.assert_allclose(guess.scores, -4, rtol=1e-6)
    np.testing.assert_allclose(guess.bias, -4, rtol=1e-6)


def test_the_guess_from_one_answer_is_that_answer():
    only = answer_of(-1)

    assert extrapolate([(0.1, only)], 0.01) is only
