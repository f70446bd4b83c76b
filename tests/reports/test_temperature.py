from __future__ import annotations

import numpy as np
import pytest

from transferleaf.reports.temperature import fit_temperature, scaled


@pytest.fixture
def drawn():
    """Logits, and labels drawn from their softmax, so the right temperature is 1."""
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(20_000, 4)) * 2
    noise = rng.gumbel(size=logits.shape)
    return logits, (logits + noise).argmax(axis=1)


def softmax(logits):
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
def test_a_known_temperature_is_found(drawn, temperature):
    logits, labels = drawn

    found = fit_temperature(softmax(logits * temperature), labels)

    assert found == pytest.approx(temperature, rel=0.03)


def test_no_other_temperature_makes_the_truth_more_probable(drawn):
    logits, labels = drawn
    probabilities = softmax(3 * logits)
    rows = np.arange(len(labels))

    def loss(temperature):
        return -np.log(scaled(probabilities, temperature)[rows, labels]).mean()

    best = fit_temperature(probabilities, labels)

    assert loss(best) < min(loss(best * 1.01), loss(best / 1.01))


def test_scaling_is_the_softmax_of_divided_logits(drawn):
    logits, _ = drawn

    assert scaled(softmax(logits), 2.5) == pytest.approx(softmax(logits / 2.5))


def test_the_inverse_temperature_undoes_it(drawn):
    probabilities = softmax(drawn[0])

    assert scaled(scaled(probabilities, 2.5), 1 / 2.5) == pytest.approx(probabilities)


def test_a_probability_that_was_rounded_to_0_stays_finite():
    assert scaled(np.array([[1.0, 0.0]], "float32"), 3.0).sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [([0.9, 0.1], 0.05), ([0.1, 0.9], 20.0)],
    ids=["all are right", "all are wrong"],
)
def test_without_an_optimum_the_end_of_the_range_is_used(probabilities, expected):
    assert fit_temperature([probabilities] * 5, [0] * 5) == pytest.approx(expected, rel=1e-4)
