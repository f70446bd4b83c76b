"""The notebook display of a report: its main results, and how to see the others."""

from __future__ import annotations

from rich.table import Column, Table
from rich.text import Text

from transferleaf.reports.metrics import Interval
from transferleaf.reports.report import Report
from transferleaf.text.notebook import html_of

_FIGURES = (
    ("accuracy", "accuracy"),
    ("macro F1", "macro_f1"),
    ("crop accuracy", "crop_accuracy"),
    ("healthy/diseased accuracy", "healthy_accuracy"),
)


def html_summary(report: Report) -> str:
    """Return the main results of each test set, with 95 % intervals."""
    table = Table("", *(Column(header=Text(each.name)) for each in report.sets))
    table.title = Text(report.title)
    table.add_row("photos", *(f"{each.photos:,}" for each in report.sets))
    for title, field in _FIGURES:
        table.add_row(title, *(_percent(getattr(each, field)) for each in report.sets))
    return html_of(
        table,
        Text(report.model.calibration_outcome),
        Text('report.save_html("report.html") writes the whole report as a page.'),
    )


def _percent(interval: Interval | None) -> str:
    return "-" if interval is None else interval.percent
