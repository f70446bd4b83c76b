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
    an_expectation("I", 0.9601, 110.0),
    an_expectation("I, augmented", 0.97, 400.0),
)


@pytest.mark.parametrize(
    ("limits", "choice"),
    [
        ({}, "I, augmented"),
        ({"time_limit": 120}, "I"),  # 70 s more for 0.01 points, but the time is there
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
    ("minutes", "accuracy", "choice"),
    [
        (2, 0.9503, "IV"),  # removes 0.6 % of the errors
        (2, 0.9510, "I"),
        (60, 0.9600, "IV"),
        (60, 0.9650, "I"),
    ],
)
def test_each_minute_of_training_must_remove_errors(minutes, accuracy, choice):
    expected = (an_expectation("IV", 0.95, 0.0), an_expectation("I", accuracy, 60.0 * minutes))

    assert recommend(expected).name == choice


def test_without_a_worth_of_time_the_most_accurate_choice_is_recommended():
    expected = (an_expectation("IV", 0.95, 0.0), an_expectation("I", 0.9501, 3600.0))

    assert recommend(expected).name == "IV"
    assert recommend(expected, worth_a_minute=0).name == "I"


def test_of_equal_choices_the_first_is_recommended():
    expected = (an_expectation("IV", 1.0, 10.0), an_expectation("I", 1.0, 5.0))

    assert recommend(expected).name == "IV"


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
