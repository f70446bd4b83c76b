import pytest

from benchmarks.speed.clock import EpochClock, reckoned_seconds, steady_step


@pytest.mark.parametrize(
    ("epoch_seconds", "epochs", "seconds"),
    [
        ([5.0, 2.0, 3.0], 3, 11.0),
        ([5.0, 2.0, 2.5, 2.0], 10, 24.5),
        ([5.0, 2.0], 3, 10.0),
        ([5.0], 1, 6.0),
    ],
    ids=["all of them ran", "six did not run", "one later epoch stands for another", "one epoch"],
)
def test_epochs_that_did_not_run_count_as_the_median_of_the_later_ones(
    epoch_seconds, epochs, seconds
):
    assert reckoned_seconds(1.0, epoch_seconds, epochs=epochs) == seconds


def test_a_clock_tells_what_lies_before_the_first_epoch_and_each_epoch():
    clock = EpochClock()
    clock.marks[:] = [100.0, 101.5, 105.5, 107.5]

    assert (clock.before, clock.epochs) == (1.5, (4.0, 2.0))


def test_a_clock_never_goes_back():
    clock = EpochClock()
    clock.mark()
    clock.mark()

    assert clock.marks == sorted(clock.marks)


def test_steps_of_the_warm_up_do_not_count():
    assert steady_step([90.0, 80.0, 2.0, 1.0, 3.0], warm_up=2) == 2.0
