from __future__ import annotations

import math

import pytest

from transferleaf.reports.metrics import accuracy_interval
from transferleaf.reports.resampling import percentile_bounds


@pytest.mark.parametrize(("leaves", "low"), [(5, 0.566), (20, 0.839), (200, 0.981)])
def test_if_every_photo_is_correct_the_interval_depends_on_the_number_of_leaves(leaves, low):
    found = accuracy_interval([0] * leaves, [0] * leaves)

    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(low, abs=0.001)


def test_one_leaf_says_little_however_many_photos_show_it():
    found = accuracy_interval([0] * 50, [0] * 50, groups=["leaf"] * 50)

    assert found.low < 0.25


def test_if_every_photo_is_wrong_the_interval_is_mirrored():
    low, high = percentile_bounds(0.0, [0.0] * 9, leaves=20)

    assert (low, high) == (0.0, pytest.approx(1 - 0.839, abs=0.001))


def test_a_resample_with_nothing_to_measure_does_not_count():
    assert percentile_bounds(0.5, [0.4, math.nan, 0.6], leaves=9) == pytest.approx(
        percentile_bounds(0.5, [0.4, 0.6], leaves=9)
    )


@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, 0.9, 1.0])
@pytest.mark.parametrize("resampled", [[], [0.5, 0.6], [0.5, 0.5]])
def test_the_value_always_lies_in_its_interval(value, resampled):
    low, high = percentile_bounds(value, resampled, leaves=3)

    assert 0 <= low <= value <= high <= 1
