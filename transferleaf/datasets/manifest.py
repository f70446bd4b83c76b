"""A manifest: a CSV file with the class, part, leaf and content hash of each photo."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from transferleaf.datasets.photos.content_hashes import content_hashes
from transferleaf.errors import ManifestError
from transferleaf.files.whole_files import written_whole
from transferleaf.text.strangers_text import csv_cell, csv_cells
from transferleaf.text.wording import counted, first_few

if TYPE_CHECKING:
    from transferleaf.datasets.leaf_dataset import LeafDataset

COLUMNS = ("file", "class", "part", "leaf", "sha256")
"""The columns of a manifest, in the order of its first line."""

_HEADER = ",".join(COLUMNS)
_COLUMNS_EXPECTED = f"its first line must be {_HEADER}."
_BYTE_ORDER_MARK = "\ufeff"

# File names may be invalid Unicode, which Python represents by lone surrogates. With this error
# handler they can be written and read without changes.
_ANY_NAME = "surrogatepass"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRow:
    """A photo in a manifest.

    Attributes:
        file: Path relative to the root of the data set, with forward slashes.
        class_name: Its class.
        part: Its part, such as ``"train"``. Empty if there are no parts.
        leaf: Its leaf, or ``None`` if unknown.
        sha256: SHA-256 of the file, 64 hexadecimal digits.
    """

    file: str
    class_name: str
    part: str
    leaf: str | None
    sha256: str


def write_manifest(path: Path, data: LeafDataset, parts: Sequence[str]) -> None:
    """Write the photos of a data set, in order. The file is written atomically.

    Args:
        path: The file, in an existing folder.
        data: The photos. All files are read to compute their hashes.
        parts: The part of each photo, or empty texts.

    Raises:
        ManifestError: Two photos have the same name, a photo cannot be read, or the file cannot be
            written.
    """
    twice = [name for name, count in Counter(data.names).items() if count > 1]
    if twice:
        raise ManifestError(
            path, f"cannot name {first_few(twice)} twice", "give each photo a different name."
        )
    hashes = content_hashes(data.paths)
    lost = [name for name, content in zip(data.names, hashes, strict=True) if content is None]
    if lost:
        raise ManifestError(
            path,
            f"cannot be written: {counted(len(lost), 'photo')} cannot be read: {first_few(lost)}",
            "restore them, or leave them out.",
            missing=lost,
        )
    labels = [data.classes[label] for label in data.labels]
    leaves = [leaf or "" for leaf in data.leaves]
    _write_whole(path, _text(zip(data.names, labels, parts, leaves, hashes, strict=True)))


def is_manifest(path: Path) -> bool:
    """Return whether the first line of a file is that of a manifest."""
    try:
        if not path.is_file():  # opening a pipe would block
            return False
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return file.readline(len(_HEADER) + 1).rstrip("\n") == _HEADER
    except OSError:
        return False


def read_manifest(path: Path) -> tuple[ManifestRow, ...]:
    """Read the rows of a manifest, without checking the photos.

    Raises:
        ManifestError: The file cannot be read or is not a manifest. The message says where.
    """
    try:
        text = path.read_bytes().decode("utf-8", errors=_ANY_NAME)
    except OSError as error:
        found = f"cannot be opened ({error.strerror})"
        raise ManifestError(path, found, "name an existing CSV file.") from None
    except UnicodeDecodeError:
        raise ManifestError(path, "is not in UTF-8", "save it as CSV in UTF-8.") from None
    # With newline="", line ends in names are not changed.
    lines = csv.reader(io.StringIO(text.removeprefix(_BYTE_ORDER_MARK), newline=""), strict=True)
    try:
        rows = tuple(_rows(path, lines))
    except csv.Error as error:
        found = f"is not valid CSV from line {lines.line_num} on ({error})"
        raise ManifestError(path, found, "restore that line.") from None
    _check_rows(path, rows)
    return rows


def _rows(path: Path, lines: Iterator[list[str]]) -> Iterator[ManifestRow]:
    header = next(lines, [])
    if header != list(COLUMNS):
        raise ManifestError(path, f"has the columns {header}", _COLUMNS_EXPECTED)
    for number, fields in enumerate(lines, start=1):
        if len(fields) != len(COLUMNS):
            found = f"has {counted(len(fields), 'field')} in row {number}"
            raise ManifestError(path, found, f"each row needs {len(COLUMNS)}: {_HEADER}.")
        file, class_name, part, leaf, sha256 = csv_cells(fields)
        if not file or not class_name or not _is_sha256(sha256):
            found = f"lacks a file, a class or a SHA-256 of 64 digits in row {number}"
            raise ManifestError(path, found, "write it again with save(), or complete that row.")
        yield ManifestRow(
            file=file,
            class_name=class_name,
            part=part,
            leaf=leaf or None,
            sha256=sha256.lower(),
        )


def _check_rows(path: Path, rows: Sequence[ManifestRow]) -> None:
    if not rows:
        raise ManifestError(path, "contains no photos", "write it again with save().")
    twice = [file for file, count in Counter(row.file for row in rows).items() if count > 1]
    if twice:
        raise ManifestError(path, f"names {first_few(twice)} twice", "keep one row for each photo.")
    without = [row.file for row in rows if not row.part]
    if 0 < len(without) < len(rows):
        found = f"has no part for {counted(len(without), 'photo')}: {first_few(without)}"
        raise ManifestError(path, found, "give each photo a part, or none.")


def _is_sha256(text: str) -> bool:
    return len(text) == 64 and set(text.lower()) <= set("0123456789abcdef")


def _text(rows: Iterator[Sequence[str | None]]) -> str:
    text = io.StringIO(newline="")
    text.write(f"{_HEADER}\n")
    # Before Python 3.13, csv does not quote a carriage return in a name without QUOTE_ALL.
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows(map(csv_cell, row) for row in rows)
    return text.getvalue()


def _write_whole(path: Path, text: str) -> None:
    try:
        with written_whole(path) as file:
            file.write(text.encode("utf-8", errors=_ANY_NAME))
    except OSError as error:
        found = f"cannot be written ({error.strerror})"
        raise ManifestError(path, found, "name a file in a folder that exists.") from None
