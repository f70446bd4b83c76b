"""Predictions written as they come: as tables for people, as CSV, or as lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TextIO, TypeAlias

from rich.console import Console
from rich.table import Column, Table

from transferleaf.strangers_text import csv_line, visible
from transferleaf.terminal import from_strangers

if TYPE_CHECKING:  # it brings NumPy, for which no help text should wait
    from transferleaf.predictions import LeafPrediction

Write: TypeAlias = "Callable[[Sequence[LeafPrediction]], None]"

COLUMNS = ("path", "label", "probability", "verdict", "crop", "disease", "healthy", "top", "error")


def table_rows(console: Console) -> Write:
    """Print a table for each batch."""

    def write(batch: Sequence[LeafPrediction]) -> None:
        # Names that are cut short no longer tell one photo, or one class, from the next.
        names = ("photo", "prediction", "probability", "verdict", "next")
        table = Table(*(Column(name, overflow="fold") for name in names))
        for found in batch:
            table.add_row(*map(from_strangers, _cells(found)))
        console.print(table)

    return write


def csv_rows(file: TextIO, *, heading: bool = True) -> Write:
    """Write a line for each photo, after one with the names of the columns if it has a heading."""
    shown = visible if file.isatty() else str
    if heading:
        file.write(csv_line(COLUMNS))

    def write(batch: Sequence[LeafPrediction]) -> None:
        for found in batch:
            values = _values(found)
            top = "; ".join(f"{name} {probability:.6f}" for name, probability in found.top)
            file.write(shown(csv_line((values | {"top": top}).values())))
        file.flush()

    return write


def json_lines(file: TextIO) -> Write:
    """Write an object for each photo, in a line."""

    def write(batch: Sequence[LeafPrediction]) -> None:
        file.writelines(f"{json.dumps(_values(found))}\n" for found in batch)
        file.flush()

    return write


def _values(found: LeafPrediction) -> dict[str, object]:
    values = {name: getattr(found, name) for name in COLUMNS}
    # JSON knows no nan.
    probability = None if found.label is None else found.probability
    return values | {"path": str(found.path), "probability": probability}


def _cells(found: LeafPrediction) -> tuple[str, ...]:
    if found.label is None:
        return (str(found.path), f"error: {found.error}", "", "", "")
    others = ", ".join(f"{name} {probability:.2f}" for name, probability in found.top[1:])
    return (str(found.path), found.label, f"{found.probability:.3f}", found.verdict or "", others)
