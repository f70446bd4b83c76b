"""From expectations to a recommendation."""

from __future__ import annotations

import pytest

from tests.advice.made import an_expectation
from transferleaf.advice.choosing import policy_for, recommend
from transferleaf.freezing import FreezePolicy
from transferleaf.quadrant import Quadrant

EXPECTED = (
    an_expectation("IV", 0.95, 2.0),
    an_expectation("IV, augmented", 0.96, 40.0),
    an_expectation("I", 0.961, 110.0),
    an_expectation("I, augmented", 0.97, 400.0),
)


@pytest.mark.parametrize(
    ("limits", "choice"),
    [
        ({}, "I, augmented"),
        ({"time_limit": 120}, "IV, augmented"),  # I removes too few of its errors
        ({"time_limit": 10}, "IV"),
        ({"time_limit": 1}, "IV"),
        ({"augmented": False}, "I"),
        ({"augmented": True, "time_limit": 50}, "IV, augmented"),
        ({"augmented": True, "time_limit": 1}, "IV, augmented"),
    ],
)
def test_the_most_accurate_affordable_choice_is_recommended(limits, choice):
    assert recommend(EXPECTED, **limits).name == choice


@pytest.mark.parametrize(
    ("other", "accuracy", "choice"),
    [
        ("I", 0.9520, "IV"),  # removes 4 % of the errors
        ("I", 0.9530, "I"),
        ("IV, augmented", 0.9505, "IV"),
        ("IV, augmented", 0.9520, "IV, augmented"),
    ],
)
def test_a_cheaper_choice_wins_if_the_other_removes_few_errors(other, accuracy, choice):
    expected = (an_expectation("IV", 0.9500), an_expectation(other, accuracy))

    assert recommend(expected).name == choice


def test_without_times_a_limit_excludes_nothing():
    expected = (an_expectation("IV", 0.9, None), an_expectation("I", 0.95, None))

    assert recommend(expected, time_limit=1).name == "I"


@pytest.mark.parametrize("quadrant", ["I", "II", "III", "IV"])
def test_the_policy_of_a_quadrant_is_the_usual_one(quadrant):
    policy = policy_for(Quadrant.named(quadrant), stages=5)

    assert policy == FreezePolicy.for_quadrant(quadrant)


def test_no_more_stages_train_than_there_are():
    policy = policy_for(Quadrant.III, stages=1)

    assert policy.trainable_stages == 1
