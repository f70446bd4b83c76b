from __future__ import annotations

import pytest

from tests.advice.made import some_layers
from transferleaf.advice.cost import Cost, cost_of, fit_seconds
from transferleaf.freezing import FreezePolicy

LAYERS = some_layers()


def seconds(quadrant: str = "IV", *, augmented: bool = False, photos: int = 1000, forward=0.01):
    return fit_seconds(
        FreezePolicy.for_quadrant(quadrant),
        augmented,
        LAYERS,
        classes=6,
        training_photos=photos,
        forward_seconds=forward,
    )


def test_weights_are_counted_in_megabytes():
    assert cost_of(LAYERS) == Cost(multiply_adds=6_000_000, parameters=750_000)
    assert cost_of(LAYERS).megabytes == 3.0


def test_time_grows_with_what_is_trained():
    assert seconds("IV") < seconds("IV", augmented=True) < seconds("II")
    assert seconds("IV") < seconds("III") < seconds("II")


@pytest.mark.parametrize("quadrant", ["I", "IV"])
def test_time_grows_with_the_photos_and_a_slower_machine(quadrant):
    assert seconds(quadrant) < seconds(quadrant, photos=20_000)
    assert seconds("I") < seconds("I", forward=0.02)


def test_without_a_measured_speed_there_is_no_time():
    assert seconds(forward=None) is None
