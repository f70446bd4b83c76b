from __future__ import annotations

import pytest

from transferleaf.features.engines import EngineMeter


def test_a_meter_without_photos_reads_zero():
    meter = EngineMeter()

    assert (meter.photos, meter.busy_seconds, meter.photos_per_second) == (0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("spans", "busy", "wall"),
    [
        pytest.param([(5.0, 7.0)], 2.0, 2.0, id="one"),
        pytest.param([(0.0, 2.0), (2.0, 3.0)], 3.0, 3.0, id="one after the other"),
        pytest.param([(0.0, 2.0), (1.0, 3.0)], 3.0, 3.0, id="overlapping"),
        pytest.param([(0.0, 5.0), (1.0, 3.0)], 5.0, 5.0, id="one inside the other"),
        pytest.param([(0.0, 1.0), (4.0, 5.0)], 2.0, 5.0, id="a pause between"),
    ],
)
def test_busy_time_counts_each_second_once_and_no_pauses(spans, busy, wall):
    meter = EngineMeter()

    for began, ended in spans:
        meter.record(3, began=began, ended=ended)

    assert (meter.busy_seconds, meter.wall_seconds) == (busy, wall)
    assert meter.photos_per_second == pytest.approx(3 * len(spans) / busy)
