"""Predictions written as they come: as tables for people, as CSV, or as lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

from rich.console import Console

from transferleaf.strangers_text import csv_line, visible
from transferleaf.terminal import from_strangers

if TYPE_CHECKING:  # it brings NumPy, for which no help text should wait
    from transferleaf.predictions import LeafPrediction

Write: TypeAlias = "Callable[[Sequence[LeafPrediction]], None]"

KEYS = ("path", "label", "probability", "verdict", "crop", "disease", "healthy", "top", "error")
"""What an object of JSON tells of a photo."""

_WIDEST = 100  # columns of a table; more cannot be read in one look


def columns(top_k: int) -> tuple[str, ...]:
    """The columns of a CSV file: one for each value, whatever reads it.

    >>> columns(2)[3:]
    ('verdict', 'crop', 'disease', 'healthy', 'label_2', 'probability_2', 'error')
    """
    others = [f"{name}_{place}" for place in range(2, top_k + 1) for name in _OF_OTHERS]
    return (*KEYS[: KEYS.index("top")], *others, "error")


_OF_OTHERS = ("label", "probability")


def table_rows(console: Console) -> Write:
    """Print a table for each batch, or blocks where paths are too long for one.

    A path stays in one piece: people copy it from here.
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
    """Write a line for each photo, after one with the names of the columns if it has a heading."""
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
    """Write an object for each photo, in a line."""

    def write(batch: Sequence[LeafPrediction]) -> None:
        file.writelines(f"{json.dumps(row_of(found))}\n" for found in batch)
        file.flush()

    return write


def row_of(found: LeafPrediction) -> dict[str, Any]:
    """What JSON tells of a photo, by ``KEYS``."""
    values = {name: getattr(found, name) for name in KEYS}
    # JSON knows no nan.
    probability = None if found.label is None else found.probability
    return values | {"path": str(found.path), "probability": probability}


def _others(found: LeafPrediction) -> dict[str, Any]:
    return {
        f"{name}_{place}": value
        for place, other in enumerate(found.top[1:], start=2)
        for name, value in zip(_OF_OTHERS, other, strict=True)
    }
