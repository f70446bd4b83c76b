"""The time limit of a fit, with a simulated clock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from transferleaf.errors import ConfigError
from transferleaf.training.time_limit import (
    FEWEST_STEPS,
    Reading,
    ReadingTimes,
    Schedule,
    StepTimes,
    TimeLimit,
    checked_time_limit,
    head_seconds,
)

PLANNED = Schedule(epochs=12, steps=50)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_part_of_the_limit_is_reserved_for_the_end(clock):
    limit = TimeLimit(seconds=1000, clock=clock)
    clock.now = 300

    assert limit.left == pytest.approx(1000 - 300 - 80)


def test_at_least_three_seconds_are_reserved(clock):
    assert TimeLimit(seconds=10, clock=clock).left == pytest.approx(7)


def test_without_a_limit_the_plan_is_kept(clock):
    limit = TimeLimit(clock=clock)
    clock.now = 1e9

    assert not limit.limited
    assert not limit.is_tight
    assert limit.schedule(PLANNED, StepTimes(step=100.0, validation=100.0)) == PLANNED


@pytest.mark.parametrize("step", [0.01, 0.1, 0.3, 0.5])
@pytest.mark.parametrize("validation", [0.0, 1.0, 8.0])
@pytest.mark.parametrize("seconds", [60, 100, 300])
def test_a_schedule_fits_into_what_is_left(clock, seconds, step, validation):
    limit = TimeLimit(seconds=seconds, clock=clock)
    times = StepTimes(step=step, validation=validation)

    found = limit.schedule(PLANNED, times)

    assert times.epochs(found.epochs, found.steps) <= limit.left
    assert found.epochs <= PLANNED.epochs
    assert found.steps <= PLANNED.steps
    assert found.epochs * found.steps >= FEWEST_STEPS or found == Schedule(epochs=0, steps=0)


def test_smaller_photos_leave_time_for_more_steps(clock):
    limit = TimeLimit(seconds=100, clock=clock)
    times = StepTimes(step=1.0, validation=1.0, small_step=0.5)

    found = limit.schedule(PLANNED, times)

    assert times.epochs(found.epochs, found.steps) <= limit.left
    usual = limit.schedule(PLANNED, replace(times, small_step=None))
    assert found.epochs * found.steps > usual.epochs * usual.steps
    assert times.epochs(5, 10) == pytest.approx(10 * (3 * 0.5 + 2 * 1.0) + 5)


def test_more_time_never_means_fewer_steps(clock):
    times = StepTimes(step=0.25, validation=2.0)

    steps = []
    for seconds in range(20, 400, 10):
        found = TimeLimit(seconds=seconds, clock=clock).schedule(PLANNED, times)
        steps.append(found.epochs * found.steps)

    assert steps == sorted(steps)
    assert steps[-1] == PLANNED.epochs * PLANNED.steps


def test_too_little_time_means_no_gradient_training(clock):
    limit = TimeLimit(seconds=30, clock=clock)

    found = limit.schedule(PLANNED, StepTimes(step=1.0, validation=1.0))

    assert found == Schedule(epochs=0, steps=0)
    assert limit.explain(PLANNED, found, StepTimes(step=1.0, validation=1.0)) == (
        "The solved head is kept: 12 gradient epochs would take 10 min 12 s, and the time limit of "
        "30.0 s leaves 27.0 s, too little for 100 steps."
    )


def test_a_shortened_schedule_mentions_the_full_one(clock):
    limit = TimeLimit(seconds=102, clock=clock)
    times = StepTimes(step=0.25, validation=1.0)

    told = limit.explain(PLANNED, limit.schedule(PLANNED, times), times)

    assert told == (
        "7 gradient epochs of 49 steps: about 1 min 32 s. All 12 of 50 would take 2 min 42 s; "
        "the time limit of 1 min 42 s is kept."
    )


def affordable(clock, *, photos, view=0.0, rows=0, views=0, fewest=0, trains=True):
    limit = TimeLimit(seconds=100, clock=clock)  # of which 8 s are reserved
    times = ReadingTimes(photos=photos, view=view, rows=rows)
    return limit.affordable(times, views=views, fewest=fewest, trains=trains)


def test_gradient_epochs_leave_half_of_the_time_for_reading(clock):
    assert affordable(clock, photos=10) == Reading()
    assert affordable(clock, photos=92).share == pytest.approx(0.5, abs=1e-5)
    found = affordable(clock, photos=92, view=92, views=4, fewest=1)
    assert (found.share, found.views) == (pytest.approx(0.25, abs=1e-5), 1)


def test_a_frozen_base_leaves_most_of_the_time_for_reading(clock):
    assert affordable(clock, photos=80, trains=False) == Reading()
    assert affordable(clock, photos=92, trains=False).share == pytest.approx(0.9, abs=1e-5)


@pytest.mark.parametrize("rows", [2_000, 20_000, 60_000])
def test_a_frozen_base_leaves_time_for_solving_the_head(clock, rows):
    photos = 0.005 * rows
    share = affordable(clock, photos=photos, rows=rows, trains=False).share

    seconds = share * photos + head_seconds(share * rows)
    assert share == 1 or seconds == pytest.approx(0.9 * 92, rel=1e-4)
    assert seconds <= 0.9 * 92 * 1.0001


def test_views_also_take_time_in_solving_the_head(clock):
    many = affordable(clock, photos=10, view=5, rows=2_000, views=8, trains=False)
    more_rows = affordable(clock, photos=10, view=5, rows=6_000, views=8, trains=False)

    assert (many.share, more_rows.share) == (1, 1)
    assert 0 < more_rows.views < many.views


def test_a_limit_is_tight_near_its_end(clock):
    limit = TimeLimit(seconds=100, clock=clock)
    clock.now = 70
    assert not limit.is_tight
    clock.now = 80
    assert limit.is_tight


@pytest.mark.parametrize("value", [0, -1, float("nan"), "10m", True])
def test_an_invalid_time_limit_is_refused(value):
    with pytest.raises(ConfigError) as caught:
        checked_time_limit(value)

    assert str(caught.value) == (
        f"time_limit={value!r} must be a number of seconds above 0, or None."
    )
