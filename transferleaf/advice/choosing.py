"""Chooses what to train from the expectations."""

from __future__ import annotations

from collections.abc import Sequence

from transferleaf.advice.expectation import Expectation
from transferleaf.freezing import FreezePolicy
from transferleaf.quadrant import Quadrant

# The share of the errors that a minute of training must remove if there is no time limit.
# docs/advice.md compares several.
WORTH_A_MINUTE = 0.005


def recommend(
    expected: Sequence[Expectation],
    *,
    augmented: bool | None = None,
    time_limit: float | None = None,
    worth_a_minute: float | None = None,
) -> Expectation:
    """Return the choice to recommend.

    That is the one with the highest expected accuracy, but without a time limit, each minute of
    training must remove a share of the errors. Of equal choices, it is the first.

    Args:
        expected: The expectations, from the cheapest to the most expensive.
        augmented: Only consider choices with (``True``) or without (``False``) views. Default:
            both.
        time_limit: Only consider choices that are expected to take at most this number of seconds.
            If there is none, the cheapest one is returned.
        worth_a_minute: The share of the errors that each minute of training must remove. Default:
            ``WORTH_A_MINUTE`` without a time limit. With one, 0: the limit says what may be spent.

    >>> def choice(quadrant, accuracy, seconds):
    ...     return Expectation(quadrant=quadrant, augmented=False, accuracy=accuracy, low=0.9,
    ...                        high=1.0, seconds=seconds)
    >>> expected = [choice(Quadrant.IV, 0.95, 2), choice(Quadrant.I, 0.96, 90)]
    >>> recommend(expected).name, recommend(expected, time_limit=60).name
    ('I', 'IV')
    """
    possible = [each for each in expected if augmented is None or each.augmented == augmented]
    affordable = [
        each
        for each in possible
        if time_limit is None or each.seconds is None or each.seconds <= time_limit
    ]

    if worth_a_minute is None:
        worth_a_minute = WORTH_A_MINUTE if time_limit is None else 0.0

    def errors_and_time(choice: Expectation) -> float:
        minutes = (choice.seconds or 0.0) / 60
        return (1 - choice.accuracy) * (1 + worth_a_minute * minutes)

    return min(affordable or possible[:1], key=errors_and_time)


def policy_for(quadrant: Quadrant, *, stages: int) -> FreezePolicy:
    """Return the policy of a quadrant for a backbone.

    Args:
        quadrant: The quadrant.
        stages: Number of stages of the backbone, at least 1.
    """
    policy = FreezePolicy.for_quadrant(quadrant)
    wanted = policy.trainable_stages
    # A user's own network can have fewer stages.
    trained = min(wanted, stages) if isinstance(wanted, int) else wanted
    return FreezePolicy.for_quadrant(quadrant, trainable_stages=trained)
