"""A figure of an advice: the position on the matrix, and the expectations."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from transferleaf.advice.advice import Advice
from transferleaf.advice.expectation import Expectation
from transferleaf.advice.references import references
from transferleaf.advice.wording import STRATEGIES
from transferleaf.errors import ConfigError
from transferleaf.files.whole_files import written_whole
from transferleaf.quadrant import DataSize, Quadrant, Similarity
from transferleaf.text.wording import duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The palette of Okabe and Ito, which colour-blind people can distinguish.
_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#6E6E6E"
_SHADE = "#EAF2F8"
_INCHES = (10.0, 4.8)
_DPI = 160
_STRIP = 0.2  # space for text above and below the matrix


def draw(advice: Advice) -> Figure:
    """Draw an advice."""
    # Imported here because most programs do not draw.
    from matplotlib.figure import Figure

    figure = Figure(figsize=_INCHES, layout="constrained")
    plane, curve = figure.subplots(1, 2, width_ratios=(1.0, 1.15))
    _draw_matrix(plane, advice)
    _draw_expected(curve, advice)
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write a figure to a file that ``check_drawable`` accepts."""
    with written_whole(path) as file:
        figure.savefig(file, format=path.suffix[1:].lower(), dpi=_DPI)


def check_drawable(path: Path) -> None:
    """Check the ending of a figure's file name.

    Raises:
        ConfigError: It is neither ``.png`` nor ``.svg``.
    """
    if path.suffix.lower() not in (".png", ".svg"):
        raise ConfigError("path", str(path), "end in .png or .svg")


def _draw_matrix(axes: Axes, advice: Advice) -> None:
    quadrant = advice.quadrant if advice.evidence.similarity.pretrained else None
    for cell in Quadrant:
        _draw_cell(axes, cell, chosen=quadrant)
    axes.axhline(0.5, color=_GREY, linewidth=0.8)
    axes.axvline(0.5, color=_GREY, linewidth=0.8)
    _draw_references(axes)
    if advice.evidence.similarity.pretrained:
        _draw_place(axes, advice)
    axes.set(xlim=(0, 1), ylim=(-_STRIP, 1 + _STRIP), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
    axes.set_xlabel("similarity to the pretraining photos →\n(grey: known data sets)")
    axes.set_ylabel("amount of data →")
    title = (
        "Position of the photos (bars: 1 standard error)"
        if advice.evidence.similarity.pretrained
        else "Random weights: there is no position"
    )
    axes.set_title(title, fontsize=10, loc="left")


def _draw_cell(axes: Axes, cell: Quadrant, *, chosen: Quadrant | None) -> None:
    left = 0.5 if cell.similarity is Similarity.HIGH else 0.0
    bottom = 0.5 if cell.size is DataSize.LARGE else 0.0
    upper = bottom > 0
    edges = (0.5, 1 + _STRIP) if upper else (-_STRIP, 0.5)
    if cell is chosen:
        axes.fill_between([left, left + 0.5], *edges, color=_SHADE, linewidth=0)
    axes.text(
        left + 0.25,
        # Positions are never in this strip.
        1 + _STRIP - 0.015 if upper else 0.015 - _STRIP,
        "\n".join([cell.value, *textwrap.wrap(STRATEGIES[cell], 24)]),
        ha="center",
        va="top" if upper else "bottom",
        fontsize=8.5,
        fontweight="bold" if cell is chosen else "normal",
        linespacing=1.2,
    )


def _draw_references(axes: Axes) -> None:
    for known in references():
        axes.plot(known.similarity, known.size, "s", color=_GREY, markersize=5, zorder=2)
        axes.annotate(
            known.name,
            (known.similarity, known.size),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=7.5,
            color=_GREY,
        )


def _draw_place(axes: Axes, advice: Advice) -> None:
    where = advice.position
    axes.errorbar(
        where.similarity,
        where.size,
        xerr=where.similarity_deviation,
        yerr=where.size_deviation,
        fmt="o",
        color=_ORANGE,
        markersize=9,
        capsize=4,
        linewidth=1.8,
        zorder=4,
    )
    # Towards the middle of the matrix, so that the text stays inside.
    right, above = where.similarity < 0.5, where.size < 0.1
    axes.annotate(
        "your photos",
        (where.similarity, where.size),
        xytext=(10 if right else -10, 8 if above else -8),
        textcoords="offset points",
        ha="left" if right else "right",
        va="bottom" if above else "top",
        fontsize=9,
        fontweight="bold",
        color=_ORANGE,
        zorder=5,
        bbox={"boxstyle": "round,pad=0.15", "color": "white", "alpha": 0.75},
    )


def _draw_expected(axes: Axes, advice: Advice) -> None:
    shown = advice.expected
    for row, each in enumerate(shown):
        axes.errorbar(
            100 * each.accuracy,
            row,
            xerr=[[100 * (each.accuracy - each.low)], [100 * (each.high - each.accuracy)]],
            fmt="o",
            color=_ORANGE if each == advice.recommended else _BLUE,
            markersize=9 if each == advice.recommended else 6,
            capsize=3,
            linewidth=1.6,
        )
    axes.set_yticks(range(len(shown)), [_choice_label(each) for each in shown])
    for label, each in zip(axes.get_yticklabels(), shown, strict=True):
        if each == advice.recommended:
            label.set(color=_ORANGE, fontweight="bold")
    axes.invert_yaxis()
    axes.margins(y=0.12)
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("expected accuracy on other leaves, %")
    axes.set_title("What each quadrant would reach (bars: 90 % interval)", fontsize=10, loc="left")


def _choice_label(choice: Expectation) -> str:
    """Return the name of a choice, and its expected time on a second line."""
    return choice.name if choice.seconds is None else f"{choice.name}\n{duration(choice.seconds)}"
