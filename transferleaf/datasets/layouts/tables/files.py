"""Reading of table files: CSV, TSV, JSON lines or Parquet."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from transferleaf.errors import MissingExtraError, TableError

# In some countries, spreadsheets save "CSV" with semicolons. With equal counts, the first one is
# used.
_SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRows:
    """The content of a table.

    Attributes:
        path: The file.
        columns: Names of the columns with single values.
        nested: Names of the columns with lists, records or bytes, which are left out.
        rows: The cells of each row as text without surrounding blanks, in the order of ``columns``.
            Missing values are empty.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    nested: tuple[str, ...] = ()

    def column(self, name: str) -> list[str]:
        """Return the cells of one column."""
        position = self.columns.index(name)
        return [row[position] for row in self.rows]


def read_table(path: Path, *, limit: int | None = None) -> TableRows:
    """Read a table file. The format depends on the file extension.

    Args:
        path: A file with one of ``TABLE_ENDINGS``. Text is UTF-8, with or without a byte order
            mark. The first line of CSV and TSV contains the column names, separated by commas,
            semicolons or tabs.
        limit: Maximum number of rows. ``None``: all.

    Raises:
        TableError: The file cannot be read, or is damaged.
        MissingExtraError: The file is Parquet, and pyarrow is not installed.
    """
    try:
        return _READERS[path.suffix.lower()](path, limit)
    except OSError as error:
        reason = error.strerror or "it is not a file"
        raise TableError(path, f"cannot be opened ({reason})", "name an existing file.") from None
    except UnicodeDecodeError:
        raise TableError(path, "is not in UTF-8", "save it in UTF-8.") from None


def _read_csv(path: Path, limit: int | None) -> TableRows:
    # Spreadsheet programs write a byte order mark, which utf-8-sig skips.
    with path.open(encoding="utf-8-sig", newline="") as file:
        separator = _separator(file)
        file.seek(0)
        # Without strict, text after a closing quotation mark would become part of the cell.
        records = csv.reader(file, delimiter=separator, strict=True)
        try:
            columns = _stripped(next(records, []))
            _check_columns(path, columns)
            filled = ((records.line_num, _stripped(record)) for record in records if any(record))
            rows = tuple(_whole_rows(path, columns, islice(filled, limit)))
        except csv.Error as error:
            reason = f"is not valid CSV near line {records.line_num} ({error})"
            raise TableError(path, reason, "save it as CSV in UTF-8.") from None
    return TableRows(path=path, columns=columns, rows=rows)


def _separator(file: Iterable[str]) -> str:
    """Return the separator that gives the most columns in the header.

    ``csv.Sniffer`` reads whole rows and can be misled by commas in texts.
    """
    header = next(iter(file), "")

    def columns(separator: str) -> int:
        try:
            return len(next(csv.reader([header], delimiter=separator), []))
        except csv.Error:  # a cell is too long with this separator
            return 0

    return max(_SEPARATORS, key=columns)


def _check_columns(path: Path, columns: tuple[str, ...]) -> None:
    twice = [name for name in columns if name and columns.count(name) > 1]
    if twice:
        raise TableError(
            path, f"has two columns called {twice[0]!r}", "give each column a different name."
        )


def _stripped(record: Iterable[str]) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in record)


def _whole_rows(
    path: Path, columns: tuple[str, ...], records: Iterable[tuple[int, tuple[str, ...]]]
) -> Iterator[tuple[str, ...]]:
    for line, record in records:
        if len(record) != len(columns):
            raise TableError(
                path,
                f"has {len(record)} cells in line {line} under {len(columns)} column names",
                "give each row one cell for each column, "
                "and put a cell that contains the separator in quotation marks.",
            )
        yield record


def _read_json_lines(path: Path, limit: int | None) -> TableRows:
    records: list[dict[str, Any]] = []
    with path.open(encoding="utf-8-sig") as file:
        filled = (numbered for numbered in enumerate(file, start=1) if numbered[1].strip())
        for number, line in islice(filled, limit):
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as error:
                reason = f"has invalid JSON in line {number} ({error})"
                raise TableError(path, reason, "put one JSON object in each line.") from None
            if not isinstance(record, dict):
                reason = f"has no JSON object in line {number}"
                raise TableError(path, reason, "put one JSON object in each line.")
            records.append(record)
    return _from_records(path, records)


def _from_records(path: Path, records: list[dict[str, Any]]) -> TableRows:
    named = dict.fromkeys(name for record in records for name in record)
    nested = [
        name
        for name in named
        if any(isinstance(record.get(name), (dict, list)) for record in records)
    ]
    columns = tuple(name for name in named if name not in nested)
    return TableRows(
        path=path,
        columns=columns,
        rows=tuple(tuple(_text(record.get(name)) for name in columns) for record in records),
        nested=tuple(nested),
    )


def _read_parquet(path: Path, limit: int | None) -> TableRows:
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError:
        raise MissingExtraError(
            "pyarrow", extra="parquet", why=f"reading the table {str(path)!r}"
        ) from None
    # Opened here, because pyarrow reports an unreadable file as damaged.
    with path.open("rb") as file:
        try:
            # Without threads: one that still reads a Python file when the interpreter ends aborts
            # the process (apache/arrow issue 34314).
            table = parquet.ParquetFile(file, pre_buffer=False)
            fields = {field.name: field.type for field in table.schema_arrow}
            columns = [name for name, kind in fields.items() if _holds_single_values(kind)]
            batches = (
                [table.read(columns=columns, use_threads=False)]
                if limit is None
                else islice(
                    table.iter_batches(batch_size=limit, columns=columns, use_threads=False), 1
                )
            )
            cells = [record for batch in batches for record in batch.to_pylist()]
        except arrow.ArrowException as error:
            reason = f"is not a Parquet file ({str(error).splitlines()[0]})"
            raise TableError(path, reason, "save it again.") from None
    return TableRows(
        path=path,
        columns=tuple(columns),
        rows=tuple(tuple(_text(record[name]) for name in columns) for record in cells),
        nested=tuple(name for name in fields if name not in columns),
    )


def _holds_single_values(kind: Any) -> bool:
    from pyarrow import types

    # Categories of pandas.
    if types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_string_view(kind)
        or types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_boolean(kind)
    )


def _text(value: object) -> str:
    """Return a cell as text, as in CSV.

    >>> [_text(value) for value in (None, True, 2.0, float("nan"), " rust ")]
    ['', '1', '2', '', 'rust']
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool) or (isinstance(value, float) and value.is_integer()):
        return str(int(value))
    return str(value).strip()


_READERS = {
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".jsonl": _read_json_lines,
    ".parquet": _read_parquet,
}
TABLE_ENDINGS = (".csv", ".tsv", ".jsonl", ".parquet")
"""Extensions of files that are read as tables, in any case."""
