import pytest

from benchmarks.speed.lines import (
    Figures,
    as_accurate,
    at_most,
    below,
    epochs_to,
    faster,
    line_through,
    ratio,
)

OURS = Figures(title="transferleaf", values=(2.0, 1.0, 4.0))
PEER = Figures(title="peer", values=(30.0,))
ABSENT = Figures(title="peer", missing="not installed")


@pytest.mark.parametrize(
    ("others", "ours", "times"),
    [
        ([10.0, 30.0, 20.0], [1.0, 2.0, 4.0], 10.0),
        ([30.0], [1.0, 2.0, 4.0], 15.0),
    ],
    ids=["runs that took turns are compared in pairs", "else medians are compared"],
)
def test_a_ratio_is_that_of_the_pairs_or_of_the_medians(others, ours, times):
    assert ratio(others, ours) == times


@pytest.mark.parametrize(("bar", "met"), [(15, "yes"), (15.1, "**no**"), (None, "")])
def test_a_target_is_met_if_the_peer_takes_enough_times_as_long(bar, met):
    line = faster("fit", OURS, PEER, bar=bar)

    wanted = "" if bar is None else f"at least {bar} times"
    told = ("2.0 s (1.0 to 4.0)", "peer: 30.0 s", "15.0 times")
    assert line.cells() == ("fit", *told, wanted, met)


def test_a_missing_peer_is_reported_and_never_estimated():
    line = faster("fit", OURS, ABSENT, bar=15)

    told = ("2.0 s (1.0 to 4.0)", "peer: not installed", "")
    assert line.cells() == ("fit", *told, "at least 15 times", "")


@pytest.mark.parametrize(("floor", "met"), [(1.0, True), (0.7, False)])
def test_a_floor_may_be_exceeded_by_a_share_and_some_seconds(floor, met):
    line = at_most("fit", OURS, Figures(title="engine", values=(floor,)), times=1.25, plus=1.0)

    assert (line.compared, line.met) == (f"2.0 s of {1.25 * floor + 1:.1f} s", met)


@pytest.mark.parametrize(
    ("accuracy", "compared", "met"),
    [(0.95, "+5.0 points", True), (0.896, "-0.4 points", True), (0.89, "-1.0 points", False)],
)
def test_accuracy_may_be_less_by_the_points_that_are_allowed(accuracy, compared, met):
    ours = Figures(title="transferleaf", values=(accuracy,))
    line = as_accurate("fit", ours, Figures(title="peer", values=(0.9,)), within=0.5)

    assert (line.compared, line.met) == (compared, met)


@pytest.mark.parametrize(("limit", "met"), [(2, True), (1, False)])
def test_a_figure_may_have_a_limit_of_its_own(limit, met):
    line = below("fit", Figures(title="transferleaf", values=(1.5,)), limit, unit="GB", what="all")

    assert line.cells()[1:] == ("1.5 GB", "all", "", f"at most {limit} GB", met * "yes" or "**no**")


def test_a_line_is_fitted_to_relative_deviations():
    line = line_through([1, 2, 4], [3.0, 5.0, 9.9])

    assert line.farthest == pytest.approx(0.05, abs=0.03)
    assert line.slope == pytest.approx(2.2, abs=0.1)


@pytest.mark.parametrize(
    ("target", "curve_from", "epoch"),
    [(0.8, 1, 2), (0.8, 0, 1), (0.5, 0, 0), (0.95, 0, None)],
)
def test_the_first_epoch_that_is_accurate_enough_counts(target, curve_from, epoch):
    assert epochs_to([0.5, 0.8, 0.9], target, curve_from=curve_from) == epoch
