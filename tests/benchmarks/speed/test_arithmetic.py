"""The computed cost of a training step."""

from __future__ import annotations

import pytest

from benchmarks.speed.arithmetic import by_stage, step_arithmetic
from transferleaf.freezing import BackboneLayers, LayerInfo


@pytest.mark.parametrize(
    ("stages", "from_photos", "from_stored", "most_times"),
    [
        pytest.param([0, 30, 70], 3.0, 3.0, 1.0, id="nothing lies before what trains"),
        pytest.param([80, 10, 10], 1.4, 0.6, 7 / 3, id="little trains"),
    ],
)
def test_a_step_is_counted_in_forward_passes(stages, from_photos, from_stored, most_times):
    step = step_arithmetic(stages, trained=2)

    assert step.from_photos == pytest.approx(from_photos)
    assert step.from_stored == pytest.approx(from_stored)
    assert step.most_times == pytest.approx(most_times)


def test_work_is_summed_by_stage():
    layers = BackboneLayers(
        name="two",
        stages=("low", "high"),
        widths=(4, 8),
        strides=(2, 4),
        layers=(
            LayerInfo(name="a", stage=0, parameters=1, multiply_adds=5),
            LayerInfo(name="b", stage=1, parameters=1, multiply_adds=7),
            LayerInfo(name="c", stage=1, parameters=1, multiply_adds=11),
        ),
    )

    assert by_stage(layers) == (5, 18)
