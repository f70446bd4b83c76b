"""Incremental output of predictions: as tables, as CSV, or as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

from rich.console import Console

from transferleaf.text.strangers_text import csv_line, visible
from transferleaf.text.terminal import from_strangers

if TYPE_CHECKING:  # it imports NumPy, which help texts do not need
    from transferleaf.predictions import LeafPrediction

Write: TypeAlias = "Callable[[Sequence[LeafPrediction]], None]"

KEYS = ("path", "label", "probability", "verdict", "crop", "disease", "healthy", "top", "error")
"""The keys of a JSON object for a photo."""

_WIDEST = 100  # width of a table in characters; wider ones are hard to read


def columns(top_k: int) -> tuple[str, ...]:
    """Return the columns of a CSV file, each with a single value.

    >>> columns(2)[3:]
    ('verdict', 'crop', 'disease', 'healthy', 'label_2', 'probability_2', 'error')
    """
    others = [f"{name}_{place}" for place in range(2, top_k + 1) for name in _OF_OTHERS]
    return (*KEYS[: KEYS.index("top")], *others, "error")


_OF_OTHERS = ("label", "probability")


def table_rows(console: Console) -> Write:
    """Print a table per batch, or blocks if paths are too long for a table.

    Paths have no line breaks, because users copy them from here.
    """

    def write(batch: Sequence[LeafPrediction]) -> None:
        from transferleaf.predictions import prediction_table

        table = prediction_table(batch)
        wide = min(console.width, _WIDEST)
        if console.measure(table, options=console.options.update(width=_UNBOUND)).maximum <= wide:
            console.print(table)
            return
        for each in batch:
            console.print(from_strangers(str(each.path)), soft_wrap=True)
            console.print(prediction_table([each], paths=False), width=wide)

    return write


_UNBOUND = 10_000


def csv_rows(file: TextIO, *, top_k: int, heading: bool = True) -> Write:
    """Write a line per photo and, if ``heading``, first the names of the columns."""
    shown = visible if file.isatty() else str
    if heading:
        file.write(csv_line(columns(top_k)))

    def write(batch: Sequence[LeafPrediction]) -> None:
        for found in batch:
            values = {**row_of(found), **_others(found)}
            row = [values.get(name) for name in columns(top_k)]
            file.write(shown(csv_line(row)))
        file.flush()

    return write


def json_lines(file: TextIO) -> Write:
    """Write a JSON object per photo, each on one line."""

    def write(batch: Sequence[LeafPrediction]) -> None:
        file.writelines(f"{json.dumps(row_of(found))}\n" for found in batch)
        file.flush()

    return write


def row_of(found: LeafPrediction) -> dict[str, Any]:
    """Return the JSON values of a photo, with the keys ``KEYS``."""
    values = {name: getattr(found, name) for name in KEYS}
    # JSON has no NaN.
    probability = None if found.label is None else found.probability
    return values | {"path": str(found.path), "probability": probability}


def _others(found: LeafPrediction) -> dict[str, Any]:
    return {
        f"{name}_{place}": value
        for place, other in enumerate(found.top[1:], start=2)
        for name, value in zip(_OF_OTHERS, other, strict=True)
    }
