"""Lines of the table: two contenders, the target, and whether it is met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The results of a contender's runs.

    Attributes:
        title: The contender and its settings.
        values: One value per run.
        missing: The reason if there are none.
    """

    title: str
    values: tuple[float, ...] = ()
    missing: str = ""

    @property
    def median(self) -> float:
        """The median."""
        return median(self.values)

    def told(self, unit: str) -> str:
        """Return the median with its unit, and the range of the values.

        >>> Figures(title="peer", values=(2.0, 3.0, 7.0)).told("s")
        '3.0 s (2.0 to 7.0)'
        """
        if self.missing:
            return self.missing
        text = f"{_short(self.median)} {unit}"
        if len(self.values) == 1:
            return text
        return f"{text} ({_short(min(self.values))} to {_short(max(self.values))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One comparison.

    Attributes:
        work: The work.
        ours: The results of the library.
        other: The results of the contender.
        compared: The comparison as one value.
        bar: The target; empty if there is none.
        met: Whether it is met; ``None`` if unknown.
    """

    work: str
    ours: str
    other: str
    compared: str = ""
    bar: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """The cells of the line in a table."""
        met = {True: "yes", False: "**no**", None: ""}[self.met]
        return (self.work, self.ours, self.other, self.compared, self.bar, met)


def faster(work: str, ours: Figures, other: Figures, *, bar: float | None, unit: str = "s") -> Line:
    """Compare times. ``bar`` is the required speed-up."""
    wanted = "" if bar is None else f"at least {bar:g} times"
    line = _side_by_side(work, ours, other, bar=wanted, unit=unit)
    if ours.missing or other.missing:
        return line
    times = ratio(other.values, ours.values)
    met = None if bar is None else times >= bar
    compared = f"{times:.1f} times" if times >= 2 else f"{times:.2f} times"
    return replace(line, compared=compared, met=met)


def at_most(work: str, ours: Figures, floor: Figures, *, times: float, plus: float) -> Line:
    """Compare a time with ``times`` a minimum time ``plus`` some seconds."""
    wanted = f"at most {times:g} times and {plus:g} s"
    line = _side_by_side(work, ours, floor, bar=wanted, unit="s")
    if ours.missing or floor.missing:
        return line
    limit = times * floor.median + plus
    compared = f"{ours.median:.1f} s of {limit:.1f} s"
    return replace(line, compared=compared, met=ours.median <= limit)


def as_accurate(work: str, ours: Figures, other: Figures, *, within: float | None) -> Line:
    """Compare accuracies in [0, 1]. ``within`` is in percentage points."""
    wanted = "" if within is None else f"within {within:g} points, or better"
    told = [
        Figures(
            title=figures.title,
            values=tuple(100 * value for value in figures.values),
            missing=figures.missing,
        )
        for figures in (ours, other)
    ]
    line = _side_by_side(work, told[0], told[1], bar=wanted, unit="%")
    if ours.missing or other.missing:
        return line
    points = told[0].median - told[1].median
    met = None if within is None else points >= -within
    return replace(line, compared=f"{points:+.1f} points", met=met)


def below(work: str, ours: Figures, limit: float, *, unit: str, what: str) -> Line:
    """Compare a value with a fixed limit."""
    line = Line(work=work, ours=ours.told(unit), other=what, bar=f"at most {limit:g} {unit}")
    if ours.missing:
        return line
    return replace(line, met=ours.median <= limit)


def ratio(others: Sequence[float], ours: Sequence[float]) -> float:
    """Return how many times as long the others took: by pairs if runs alternated, else by medians.

    >>> ratio([10.0, 30.0, 20.0], [1.0, 2.0, 4.0])
    10.0
    >>> ratio([30.0], [1.0, 2.0, 4.0])
    15.0
    """
    if len(others) == len(ours):
        return median(other / own for other, own in zip(others, ours, strict=True))
    return median(others) / median(ours)


@dataclass(frozen=True, slots=True, kw_only=True)
class StraightLine:
    """A straight line.

    Attributes:
        at_zero: Its value at 0.
        slope: Its slope.
        farthest: The maximum relative deviation of a point.
    """

    at_zero: float
    slope: float
    farthest: float


def line_through(x: Sequence[float], y: Sequence[float]) -> StraightLine:
    """Fit a straight line by least squares of relative deviations.

    >>> line = line_through([1, 2, 4], [3.0, 5.0, 9.0])
    >>> round(line.at_zero, 6), round(line.slope, 6), round(line.farthest, 6)
    (1.0, 2.0, 0.0)
    """
    positions, values = np.asarray(x, float), np.asarray(y, float)
    # np.polyfit multiplies residuals by the weights, so they become relative.
    slope, at_zero = np.polyfit(positions, values, 1, w=1 / values)
    line = at_zero + slope * positions
    return StraightLine(
        at_zero=float(at_zero),
        slope=float(slope),
        farthest=float(np.abs(values / line - 1).max()),
    )


def epochs_to(curve: Sequence[float], target: float, *, curve_from: int) -> int | None:
    """Return the first epoch with an accuracy of at least ``target``, or ``None``.

    >>> epochs_to([0.5, 0.8, 0.9], 0.8, curve_from=0)
    1
    """
    for epoch, accuracy in enumerate(curve, start=curve_from):
        if accuracy >= target:
            return epoch
    return None


def _side_by_side(work: str, ours: Figures, other: Figures, *, bar: str, unit: str) -> Line:
    told = f"{other.title}: {other.told(unit)}"
    return Line(work=work, ours=ours.told(unit), other=told, bar=bar)


def _short(value: float) -> str:
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"
