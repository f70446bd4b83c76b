"""The data of one set of test photos as the page displays it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transferleaf.reports.coverage import CoveragePoint
from transferleaf.reports.html.charts import coverage_chart, reliability_chart
from transferleaf.reports.html.confusions import Cell, Confusion, matrix_rows, top_confusions
from transferleaf.reports.per_class import ClassReport
from transferleaf.reports.set_report import SetReport

# Coverages in the table next to the coverage curve.
_READ_AT = (1.0, 0.95, 0.9, 0.8, 0.5)
# Up to the first number of classes, the matrix is large; above the second one, it is small.
_FEW_CLASSES, _MANY_CLASSES = 8, 15


@dataclass(frozen=True, slots=True, kw_only=True)
class SetView:
    """The data of one set of test photos for the page.

    Attributes:
        id: Prefix of all ids in its part of the page.
        report: The results.
        worst_first: The classes, the lowest F1 first and unmeasured classes last.
        matrix: The shaded confusion matrix.
        breadth: ``"few"``, ``"some"`` or ``"many"`` classes, which determines the size of the
            matrix.
        confusions: The most frequent confusions.
        coverage: Some points of the coverage curve, starting with all photos.
        reliability_chart: The reliability diagram, an ``<svg>`` element.
        coverage_chart: The coverage curve, an ``<svg>`` element.
    """

    id: str
    report: SetReport
    worst_first: tuple[ClassReport, ...]
    matrix: list[list[Cell]]
    breadth: str
    confusions: list[Confusion]
    coverage: tuple[CoveragePoint, ...]
    reliability_chart: str
    coverage_chart: str


def set_view(report: SetReport, *, number: int) -> SetView:
    """Prepare the set with the number ``number``, starting with 1."""
    name = f"set-{number}"
    calibrated = report.temperature != 1
    return SetView(
        id=name,
        report=report,
        worst_first=worst_first(report.per_class),
        matrix=matrix_rows(report.confusion),
        breadth=_breadth(len(report.per_class)),
        confusions=top_confusions([entry.name for entry in report.per_class], report.confusion),
        coverage=read_off(report.coverage),
        reliability_chart=reliability_chart(
            [(entry.confidence, entry.accuracy) for entry in report.before.bins],
            [(entry.confidence, entry.accuracy) for entry in report.after.bins if calibrated],
            name=f"{name}-reliability",
        ),
        coverage_chart=coverage_chart(
            _drawn(report.coverage),
            chosen=next(iter(_drawn([report.at_threshold] if report.at_threshold else [])), None),
            name=f"{name}-coverage",
        ),
    )


def worst_first(classes: Sequence[ClassReport]) -> tuple[ClassReport, ...]:
    """Sort classes by F1, the lowest first and unmeasured classes last.

    A class without photos has no F1, even if it was predicted.
    """
    return tuple(sorted(classes, key=lambda entry: (not entry.support, entry.f1 or 0.0)))


def read_off(points: Sequence[CoveragePoint]) -> tuple[CoveragePoint, ...]:
    """Return the unique points nearest to round coverages, starting with all photos."""
    nearest = [
        min(points, key=lambda point: abs(point.coverage - wanted)) for wanted in _READ_AT if points
    ]
    return tuple(dict.fromkeys(nearest))


def _breadth(classes: int) -> str:
    if classes <= _FEW_CLASSES:
        return "few"
    return "some" if classes <= _MANY_CLASSES else "many"


def _drawn(points: Sequence[CoveragePoint]) -> list[tuple[float, float]]:
    return [(point.coverage, point.accuracy) for point in points if point.accuracy is not None]
