"""Chooses what to train from the expectations."""

from __future__ import annotations

from collections.abc import Sequence

from transferleaf.advice.expectation import Expectation
from transferleaf.freezing import FreezePolicy
from transferleaf.quadrant import Quadrant

# Share of the errors that a more expensive choice must remove: little for augmented views of a
# frozen base, which take seconds, and more for gradient training, which takes minutes. Of several
# values, these lose little accuracy on the photo sets of docs/advice.md.
_WORTH_FROZEN, _WORTH_TRAINED = 0.02, 0.05


def recommend(
    expected: Sequence[Expectation],
    *,
    augmented: bool | None = None,
    time_limit: float | None = None,
) -> Expectation:
    """Return the choice to recommend.

    That is the one with the highest expected accuracy; but of two choices, the earlier one in
    ``expected``, which is cheaper, unless the later one removes enough of its errors: 2 % if the
    base stays frozen, 5 % otherwise.

    Args:
        expected: The expectations, from the cheapest to the most expensive.
        augmented: Only consider choices with (``True``) or without (``False``) views. Default:
            both.
        time_limit: Only consider choices that are expected to take at most this number of seconds.
            If there is none, the cheapest one is returned.

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
    best, *others = affordable or possible[:1]
    for each in others:
        worth = _WORTH_FROZEN if each.quadrant is Quadrant.IV else _WORTH_TRAINED
        if 1 - each.accuracy < (1 - worth) * (1 - best.accuracy):
            best = each
    return best


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
