"""The figures of sets of test photos as a table, side by side, and what spoils them in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.table import Column, Table
from rich.text import Text

from transferleaf.reports.metrics import Interval
from transferleaf.reports.set_report import SetReport
from transferleaf.wording import counted, first_few

_ROWS = (
    ("accuracy", "accuracy"),
    ("macro F1", "macro_f1"),
    ("crop right", "crop_accuracy"),
    ("healthy or sick right", "healthy_accuracy"),
)


def figures_table(sets: Sequence[SetReport]) -> Table:
    """Show each set in a column; intervals hold the true value with 95 % confidence."""
    table = Table("", *(Column(header=Text(each.name)) for each in sets))
    table.add_row("photos", *(f"{each.photos:,}" for each in sets))
    table.add_row(
        "known leaves", *("?" if each.leaves is None else f"{each.leaves:,}" for each in sets)
    )
    for title, field in _ROWS:
        table.add_row(title, *(_share(getattr(each, field)) for each in sets))
    table.add_row("sure answers", *map(_sure, sets))
    return table


def notes(sets: Sequence[SetReport], learned_from: Mapping[str, int]) -> Iterator[str]:
    """Say what the figures leave out, and what makes them too good.

    Args:
        sets: The figures.
        learned_from: How many photos of each set the classifier has learned from, by its name.
    """
    for each in sets:
        if each.no_better_than_guessing:
            common = each.commonest
            share = f"{common.support / each.photos:.1%} right"
            yield f"{each.name}: always naming {common.name} gets {share}, and may do as well."
        if learned_from.get(each.name):
            photos = counted(learned_from[each.name], "photo")
            yield f"{each.name}: it has learned from {photos} of these; the figures flatter."
        if each.shared_leaf_photos:
            photos = counted(each.shared_leaf_photos, "photo")
            yield f"{each.name}: {photos} of leaves that were trained on; the figures flatter."
        if each.unknown:
            photos = counted(sum(known.photos for known in each.unknown), "photo")
            names = first_few(known.name for known in each.unknown)
            yield f"{each.name}: {photos} of classes it does not know, not counted: {names}."
        if each.unreadable:
            photos = counted(len(each.unreadable), "photo")
            example = f"{each.unreadable[0].name}: {each.unreadable[0].reason}"
            yield f"{each.name}: {photos} cannot be read, not counted ({example})"


def _share(interval: Interval | None) -> str:
    if interval is None:
        return "-"
    return f"{interval.value:.1%} ({interval.low:.1%} to {interval.high:.1%})"


def _sure(each: SetReport) -> str:
    point = each.at_threshold
    if point is None:
        return "uncalibrated"
    right = "none" if point.accuracy is None else f"{point.accuracy:.1%} right"
    return f"{point.coverage:.1%}, {right}"
