from __future__ import annotations

import pytest

from tests.advice.made import a_position
from transferleaf.advice.choosing import neighbours_of, policy_for, quadrant_of
from transferleaf.freezing import FreezePolicy
from transferleaf.quadrant import Quadrant


@pytest.mark.parametrize(
    ("similarity", "size", "quadrant"),
    [
        (0.9, 0.9, "I"),
        (0.1, 0.9, "II"),
        (0.1, 0.1, "III"),
        (0.9, 0.1, "IV"),
        (0.5, 0.5, "I"),
    ],
)
def test_a_place_lies_in_one_quadrant(similarity, size, quadrant):
    position = a_position(similarity=similarity, size=size)

    assert quadrant_of(position) is Quadrant.named(quadrant)


@pytest.mark.parametrize(
    ("similarity", "size", "neighbours"),
    [
        (0.9, 0.9, []),
        (0.9, 0.55, ["IV"]),
        (0.45, 0.9, ["I"]),
        (0.5, 0.9, ["II"]),
        (0.55, 0.45, ["I", "II", "III"]),
        (0.65, 0.9, []),
    ],
)
def test_near_a_border_the_neighbours_are_named(similarity, size, neighbours):
    position = a_position(similarity=similarity, size=size, deviation=0.1)

    assert [cell.value for cell in neighbours_of(position)] == neighbours


def test_quadrant_four_is_the_usual_policy():
    policy = policy_for(Quadrant.IV, stages=5)

    assert policy == FreezePolicy.for_quadrant("IV")


@pytest.mark.parametrize("quadrant", ["I", "II", "III"])
def test_other_quadrants_have_their_usual_policies_too(quadrant):
    policy = policy_for(Quadrant.named(quadrant), stages=5)

    assert policy == FreezePolicy.for_quadrant(quadrant)


def test_no_more_stages_train_than_there_are():
    policy = policy_for(Quadrant.III, stages=1)

    assert policy.trainable_stages == 1
