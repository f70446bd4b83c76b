from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss

from transferleaf.reports.reliability import ReliabilityBin, reliability_curve


def test_the_bins_hold_mean_confidence_accuracy_and_photos():
    curve = reliability_curve([[0.9, 0.1], [0.88, 0.12], [0.4, 0.6]], [0, 1, 1])

    assert curve.bins == (
        ReliabilityBin(confidence=pytest.approx(0.6), accuracy=1.0, photos=1),
        ReliabilityBin(confidence=pytest.approx(0.89), accuracy=0.5, photos=2),
    )


def test_the_error_is_the_mean_gap_weighted_by_photos():
    curve = reliability_curve([[0.9, 0.1], [0.88, 0.12], [0.4, 0.6]], [0, 1, 1])

    assert curve.ece == pytest.approx((1 * 0.4 + 2 * 0.39) / 3)


@pytest.mark.parametrize("confidence", [1.0, 0.5])
def test_answers_as_good_as_stated_have_no_error(confidence):
    right = int(confidence * 10)

    curve = reliability_curve([[confidence, 1 - confidence]] * 10, [0] * right + [1] * (10 - right))

    assert curve.ece == pytest.approx(0.0)


def test_the_log_likelihood_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    probabilities, truth = rng.dirichlet(np.ones(4), size=60), rng.integers(4, size=60)

    assert reliability_curve(probabilities, truth).nll == pytest.approx(
        log_loss(truth, probabilities, labels=range(4))
    )


def test_a_true_class_of_probability_0_has_a_finite_log_likelihood():
    assert np.isfinite(reliability_curve([[1.0, 0.0]], [1]).nll)
