"""Reading of the rows that an interrupted ``predict`` wrote, without an incomplete last row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from transferleaf.commands.grammar.prediction_rows import KEYS, columns
from transferleaf.files.whole_files import written_whole
from transferleaf.text.strangers_text import csv_cells, csv_line

_FIRST_KEY = f'{{"{KEYS[0]}": '


@dataclass(frozen=True, slots=True)
class EarlierRows:
    """The rows in a file of predictions.

    Attributes:
        paths: The photos.
        bad: Number of photos without a prediction.
    """

    paths: frozenset[str] = frozenset()
    bad: int = 0


def earlier_csv(path: Path, *, top_k: int) -> EarlierRows:
    """Read a CSV file of predictions, and remove an incomplete last row.

    Args:
        path: The file.
        top_k: Number of classes per row.

    Raises:
        BadParameter: ``predict`` did not write the file, or with another ``--top-k``.
    """
    text = _text(path)
    rows = [csv_cells(row) for row in csv.reader(io.StringIO(text, newline=""))]
    torn = _is_torn(text)
    whole = rows[:-1] if torn else rows
    if rows and not _is_ours(whole, columns(top_k)):
        raise _not_ours(path)
    if torn:
        _write(path, "".join(map(csv_line, whole)))
    return _earlier([dict(zip(columns(top_k), row, strict=True)) for row in whole[1:]])


def earlier_json_lines(path: Path) -> EarlierRows:
    """Read JSON lines of predictions, and remove an incomplete last line.

    Raises:
        BadParameter: ``predict`` did not write the file.
    """
    text = _text(path)
    whole = text[: text.rfind("\n") + 1]
    try:
        rows = [json.loads(line) for line in whole.splitlines()]
    except ValueError:
        raise _not_ours(path) from None
    torn = text.removeprefix(whole)
    are_ours = all(isinstance(row, dict) and row.keys() == set(KEYS) for row in rows)
    if not are_ours or not torn.startswith(_FIRST_KEY[: len(torn)]):
        raise _not_ours(path)
    if torn:
        _write(path, whole)
    return _earlier(rows)


def _text(path: Path) -> str:
    if not path.exists():
        return ""
    return path.read_bytes().decode("utf-8", errors="surrogateescape")


def _write(path: Path, text: str) -> None:
    with written_whole(path) as file:
        file.write(text.encode("utf-8", errors="surrogateescape"))


def _is_ours(rows: Sequence[Sequence[str]], expected: Sequence[str]) -> bool:
    alike = all(len(row) == len(expected) for row in rows)
    return bool(rows) and alike and tuple(rows[0]) == tuple(expected)


def _is_torn(text: str) -> bool:
    # Photo names may contain line ends, inside quotes.
    return bool(text) and (not text.endswith("\n") or text.count('"') % 2 == 1)


def _earlier(rows: Sequence[dict[str, Any]]) -> EarlierRows:
    return EarlierRows(
        paths=frozenset(row["path"] for row in rows), bad=sum(bool(row["error"]) for row in rows)
    )


def _not_ours(path: Path) -> typer.BadParameter:
    return typer.BadParameter(
        f"{str(path)!r} contains no rows of predict with this --top-k; name another file"
    )
