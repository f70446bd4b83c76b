"""The results of several test sets in one table, and notes on their limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.table import Column, Table
from rich.text import Text

from transferleaf.reports.background_swap import BackgroundSwap
from transferleaf.reports.metrics import Interval
from transferleaf.reports.set_report import SetReport
from transferleaf.text.wording import counted, first_few, percent

_ROWS = (
    ("accuracy", "accuracy"),
    ("macro F1", "macro_f1"),
    ("crop accuracy", "crop_accuracy"),
    ("healthy/diseased accuracy", "healthy_accuracy"),
)


def figures_table(sets: Sequence[SetReport]) -> Table:
    """Return a table with one column per set, with 95 % intervals."""
    table = Table("", *(Column(header=Text(each.name)) for each in sets))
    table.add_row("photos", *(f"{each.photos:,}" for each in sets))
    table.add_row(
        "known leaves", *("unknown" if each.leaves is None else f"{each.leaves:,}" for each in sets)
    )
    for title, field in _ROWS:
        table.add_row(title, *(_share(getattr(each, field)) for each in sets))
    if any(each.swap for each in sets):
        swaps = [None if each.swap is None else each.swap.swapped for each in sets]
        table.add_row("accuracy on other backgrounds", *map(_share, swaps))
    table.add_row("sure answers", *map(_sure, sets))
    return table


def notes(sets: Sequence[SetReport], learned_from: Mapping[str, int]) -> Iterator[str]:
    """Return notes on what the results exclude, and what makes them too optimistic.

    Args:
        sets: The results.
        learned_from: Number of photos of each set that were used for training, by name.
    """
    for each in sets:
        if each.no_better_than_guessing:
            common = each.commonest
            yield (
                f"{each.name}: the classifier may be no better than guessing; always predicting "
                f"{common.name} is correct for {percent(common.support / each.photos)} of the "
                "photos."
            )
        if learned_from.get(each.name):
            photos = counted(learned_from[each.name], "photo")
            yield f"{each.name}: {photos} used for training; the results are too optimistic."
        if each.shared_leaf_photos:
            photos = counted(each.shared_leaf_photos, "photo")
            yield (
                f"{each.name}: {photos} of leaves that are also in the training set; the results "
                "are too optimistic."
            )
        if each.swap is not None:
            yield f"{each.name}: {swap_note(each.swap)}"
        if each.unknown:
            photos = counted(sum(known.photos for known in each.unknown), "photo")
            names = first_few(known.name for known in each.unknown)
            yield f"{each.name}: {photos} of unknown classes, excluded from the results: {names}."
        if each.unreadable:
            photos = counted(len(each.unreadable), "photo")
            example = f"{each.unreadable[0].name}: {each.unreadable[0].reason}"
            yield f"{each.name}: {photos} unreadable, excluded from the results ({example})"


def swap_note(swap: BackgroundSwap) -> str:
    """Return a sentence on the accuracy with other backgrounds."""
    photos = counted(swap.photos, "photo")
    return (
        f"on {photos} of leaves on a plain background, the accuracy is {swap.accuracy.percent}; "
        f"with the same leaves on drawn soil, grass and foliage, it is {swap.swapped.percent}."
    )


def _share(interval: Interval | None) -> str:
    return "-" if interval is None else interval.percent


def _sure(each: SetReport) -> str:
    point = each.at_threshold
    if point is None:
        return "uncalibrated"
    if point.accuracy is None:
        return percent(point.coverage)
    return f"{percent(point.coverage)}, {percent(point.accuracy)} of them correct"
