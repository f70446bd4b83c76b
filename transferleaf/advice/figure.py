"""An advice as a picture: the position on the matrix, and the accuracy from stage to stage."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from transferleaf.advice.advice import Advice
from transferleaf.advice.evidence import Probe
from transferleaf.advice.references import references
from transferleaf.advice.wording import STRATEGIES
from transferleaf.errors import ConfigError
from transferleaf.quadrant import DataSize, Quadrant, Similarity
from transferleaf.whole_files import written_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette: told apart by colour-blind eyes; marks and dashes differ as well.
_BLUE, _ORANGE, _GREEN, _GREY = "#0072B2", "#D55E00", "#009E73", "#6E6E6E"
_SHADE = "#EAF2F8"
_INCHES = (10.0, 4.8)
_DPI = 160
_STRIP = 0.2  # above and below the matrix, for words
_LONGEST = 11  # characters of a stage's name


def draw(advice: Advice) -> Figure:
    """Draw an advice."""
    # Here, as an advice is mostly read and seldom drawn.
    from matplotlib.figure import Figure

    figure = Figure(figsize=_INCHES, layout="constrained")
    plane, curve = figure.subplots(1, 2, width_ratios=(1.0, 1.15))
    _draw_matrix(plane, advice)
    _draw_stages(curve, advice)
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write a figure; ``check_drawable`` says whether that is possible."""
    with written_whole(path) as file:
        figure.savefig(file, format=path.suffix[1:].lower(), dpi=_DPI)


def check_drawable(path: Path) -> None:
    """Raise where no figure can be written under that name.

    Raises:
        ConfigError: The file's name ends neither in ``.png`` nor in ``.svg``.
    """
    if path.suffix.lower() not in (".png", ".svg"):
        raise ConfigError("path", str(path), "end in .png or .svg")


def _draw_matrix(axes: Axes, advice: Advice) -> None:
    for cell in Quadrant:
        _draw_cell(axes, cell, chosen=advice.quadrant)
    axes.axhline(0.5, color=_GREY, linewidth=0.8)
    axes.axvline(0.5, color=_GREY, linewidth=0.8)
    _draw_references(axes)
    _draw_place(axes, advice)
    axes.set(xlim=(0, 1), ylim=(-_STRIP, 1 + _STRIP), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
    axes.set_xlabel("similarity to the pretraining photos →\n(grey: known data sets)")
    axes.set_ylabel("amount of data →")
    axes.set_title("Where the photos stand (bars: 1 standard error)", fontsize=10, loc="left")


def _draw_cell(axes: Axes, cell: Quadrant, *, chosen: Quadrant) -> None:
    left = 0.5 if cell.similarity is Similarity.HIGH else 0.0
    bottom = 0.5 if cell.size is DataSize.LARGE else 0.0
    upper = bottom > 0
    edges = (0.5, 1 + _STRIP) if upper else (-_STRIP, 0.5)
    if cell is chosen:
        axes.fill_between([left, left + 0.5], *edges, color=_SHADE, linewidth=0)
    axes.text(
        left + 0.25,
        # In a strip of their own, where no position can lie.
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
    # Beside the mark, towards the middle, so that it stays inside.
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


def _draw_stages(axes: Axes, advice: Advice) -> None:
    evidence, similarity = advice.evidence, advice.evidence.similarity
    together = evidence.all_stages
    axes.axhline(
        together.accuracy, color=_GREEN, linestyle="--", linewidth=1.6, label="all stages together"
    )
    band = (together.accuracy - together.deviation, together.accuracy + together.deviation)
    axes.axhspan(*band, color=_GREEN, alpha=0.15, linewidth=0)
    _draw_probes(axes, similarity.probes, _BLUE, "o-", "one stage, pretrained")
    if similarity.untrained_probes:
        _draw_probes(axes, similarity.untrained_probes, _GREY, "s:", "one stage, random weights")
    names = [_shortened(name) for name in similarity.stages]
    crowded = len(names) > 6 or max(map(len, names)) > 7
    axes.set_xticks(range(len(names)), names, rotation=40 if crowded else 0)
    for label in axes.get_xticklabels():
        label.set(fontsize=8, ha="right" if crowded else "center", rotation_mode="anchor")
    axes.set_ylim(0, 1.02)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("low-level features → high-level features")
    axes.set_ylabel("accuracy on leaves not learnt from")
    axes.legend(loc="best", fontsize=8, frameon=True)
    title = f"{evidence.backbone}, {evidence.image_size} px: linear classifiers (±1 standard error)"
    axes.set_title(title, fontsize=10, loc="left")


def _draw_probes(axes: Axes, probes: tuple[Probe, ...], color: str, style: str, label: str) -> None:
    axes.errorbar(
        range(len(probes)),
        [probe.accuracy for probe in probes],
        yerr=[probe.deviation for probe in probes],
        fmt=style,
        color=color,
        markersize=5,
        capsize=3,
        linewidth=1.6,
        label=label,
    )


def _shortened(name: str) -> str:
    """A stage's name, cut in its middle where it is long: both ends tell stages apart.

    >>> _shortened("block6"), _shortened("conv5_block3_out")
    ('block6', 'conv5…k3_out')
    """
    if len(name) <= _LONGEST:
        return name
    return f"{name[:5]}…{name[-6:]}"
