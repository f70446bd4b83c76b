"""The charts of the report page: reliability, accuracy against coverage, training curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from transferleaf.reports.html.inline_svg import ACCENT, INK, QUIET, RULE, WARM, inline_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Points = Sequence[tuple[float, float]]

_SIZE = (4.6, 3.4)  # inches of 72 px
_LINE = 1.6
_TEXT = 11
_SCALING = (("before scaling", WARM, "--", "s"), ("after scaling", ACCENT, "-", "o"))


def reliability_chart(before: Points, after: Points, *, name: str) -> str:
    """Draw a reliability diagram: the accuracy against the predicted probability.

    Args:
        before: Mean confidence and accuracy of each bin, in [0, 1], before temperature scaling.
        after: The same after temperature scaling; empty without it.
        name: Prefix of the ids in the element.

    Returns:
        An ``<svg>`` element.
    """
    figure, axes = _axes("predicted probability", "accuracy")
    axes.plot(
        [0, 1], [0, 1], color=QUIET, linewidth=1.2, linestyle=":", label="perfect calibration"
    )
    only, first, second = ("measured", ACCENT, "-", "o"), *_SCALING
    lines = [(first, before), (second, after)] if after else [(only, before)]
    for (label, colour, style, marker), points in lines:
        across, up = _columns(points)
        axes.plot(
            across,
            up,
            color=colour,
            linestyle=style,
            linewidth=_LINE,
            marker=marker,
            markersize=5,
            label=label,
        )
    _as_shares(axes, both=True)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02))
    _legend(axes, "upper left")
    return inline_svg(
        figure, name=name, label="Reliability: accuracy against predicted probability."
    )


def coverage_chart(points: Points, *, chosen: tuple[float, float] | None, name: str) -> str:
    """Draw the accuracy of the most confident predictions against the coverage.

    Args:
        points: Coverage and accuracy, both in [0, 1].
        chosen: Coverage and accuracy at the threshold of the model, if there is one.
        name: Prefix of the ids in the element.

    Returns:
        An ``<svg>`` element.
    """
    figure, axes = _axes("coverage: share of photos answered", "accuracy of these answers")
    across, up = _columns(points)
    axes.plot(across, up, color=ACCENT, linewidth=_LINE)
    lowest = min(up, default=0.0)
    if chosen is not None:
        axes.plot(*chosen, color=WARM, marker="D", markersize=7, linestyle="none")
        axes.annotate(
            "threshold",
            chosen,
            xytext=(0, -14),
            textcoords="offset points",
            ha="right" if chosen[0] > 0.5 else "left",
            va="top",
            color=INK,
            fontsize=_TEXT - 1,
        )
        lowest = min(lowest, chosen[1])
    _as_shares(axes, both=True)
    # The axis begins below the lowest value, at a round number.
    bottom = max(0.0, int(lowest * 10 - 0.5) / 10)
    axes.set(xlim=(0, 1.02), ylim=(bottom, 1.0 + (1.0 - bottom) * 0.03))
    return inline_svg(figure, name=name, label="Accuracy against the share of photos answered.")


def history_chart(
    curves: Mapping[str, Sequence[float]], *, what: str, starts: Sequence[int], name: str
) -> str:
    """Draw a metric over the epochs of training.

    Args:
        curves: Values for each epoch, by data set, such as ``"training"``.
        what: The metric. ``"accuracy"`` is drawn as a percentage.
        starts: The epochs, starting with 0, at which phases begin.
        name: Prefix of the ids in the element.

    Returns:
        An ``<svg>`` element.
    """
    figure, axes = _axes("epoch (numbers above: phases)" if starts else "epoch", what)
    looks = [(QUIET, "--", "s"), (ACCENT, "-", "o"), (WARM, "-.", "D")]
    for (label, values), (colour, style, marker) in zip(curves.items(), looks, strict=False):
        axes.plot(
            range(len(values)),
            values,
            color=colour,
            linestyle=style,
            linewidth=_LINE,
            marker=marker,
            markersize=4,
            label=label,
        )
    for number, start in enumerate(starts, start=1):
        axes.axvline(start - 0.5, color=RULE, linewidth=1)
        axes.text(
            start - 0.5,
            1.02,
            f" {number}",
            transform=axes.get_xaxis_transform(),
            color=QUIET,
            fontsize=_TEXT - 1,
        )
    if what == "accuracy":
        _as_shares(axes, both=False)
    _whole_epochs(axes, max(map(len, curves.values()), default=1))
    _legend(axes, "best")
    return inline_svg(figure, name=name, label=f"{what.capitalize()} over the epochs of training.")


def _axes(across: str, up: str) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlabel(across, color=INK, fontsize=_TEXT)
    axes.set_ylabel(up, color=INK, fontsize=_TEXT)
    axes.tick_params(colors=QUIET, labelcolor=INK, labelsize=_TEXT - 1, length=3)
    axes.grid(color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(QUIET)
    return figure, axes


def _as_shares(axes: Axes, *, both: bool) -> None:
    from matplotlib.ticker import PercentFormatter

    for axis in (axes.xaxis, axes.yaxis) if both else (axes.yaxis,):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0 if both else None))


def _whole_epochs(axes: Axes, epochs: int) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_xlim(-0.5, epochs - 0.5)


def _legend(axes: Axes, place: Literal["upper left", "best"]) -> None:
    # A frame would need the background colour of the page.
    axes.legend(frameon=False, labelcolor=INK, fontsize=_TEXT - 1, loc=place)


def _columns(points: Points) -> tuple[list[float], list[float]]:
    return [across for across, _ in points], [up for _, up in points]
