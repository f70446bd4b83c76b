"""A leaf map: a CSV file with the columns file and leaf."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from transferleaf.datasets.class_names import says_nothing
from transferleaf.datasets.photos.files import composed
from transferleaf.errors import LeafMapError
from transferleaf.text.wording import counted

_COLUMNS = (
    "it needs the columns file (Class/photo.jpg) and leaf in its first line, separated by commas."
)


def read_leaf_map(path: Path) -> dict[str, str | None]:
    """Read the leaf of each photo from a CSV file.

    Args:
        path: A file in UTF-8 with at least the columns ``file`` and ``leaf``. ``file`` is the path
            relative to the folder of the data set, with forward slashes. An empty ``leaf`` means
            that it is unknown. Other columns are ignored.

    Returns:
        A dictionary from ``file`` to the leaf id, or to ``None`` if it is unknown.

    Raises:
        LeafMapError: The file cannot be read, a column or a cell is missing, or a photo has two
            leaves.
    """
    source = repr(str(path))
    try:
        # Spreadsheet programs write a byte order mark, which utf-8-sig skips.
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _collect(source, _rows(source, file))
    except csv.Error as error:
        raise LeafMapError(
            source, f"is not valid CSV ({error})", "save it as CSV in UTF-8."
        ) from None
    except OSError as error:
        reason = f"cannot be opened ({error.strerror})"
        expected = 'name an existing CSV or JSON file, or pass "auto" or "near-duplicates".'
        raise LeafMapError(source, reason, expected) from None
    except UnicodeDecodeError:
        raise LeafMapError(source, "is not in UTF-8", "save it as CSV in UTF-8.") from None


def leaves_from_map(
    names: Sequence[str], leaf_of: Mapping[str, str | None], *, source: str
) -> list[str | None]:
    """Look up the leaf of each photo.

    Args:
        names: Names of the form ``Class/photo.jpg``, as in the map. Maps made on Windows may
            contain backslashes.
        leaf_of: A dictionary from name to leaf id; ``None`` or an empty id means unknown.
        source: Name of the map in errors.

    Raises:
        LeafMapError: Some photos are not in the map, or it contains values that are not texts.
    """
    _check_texts(leaf_of, source)
    known = {
        spelled: None if leaf is None or says_nothing(leaf) else leaf
        # Unchanged names come last and have priority, because a backslash may be part of a name.
        for spelling in (_with_slashes, composed)
        for spelled, leaf in ((spelling(name), leaf) for name, leaf in leaf_of.items())
    }
    missing = [name for name in names if name not in known]
    if missing:
        shown = ", ".join(repr(name) for name in missing[:3])
        raise LeafMapError(
            source,
            f"lacks {len(missing)} of {len(names)} photos: "
            f"{shown}{' ...' if len(missing) > 3 else ''}",
            "add a row for each, with an empty leaf if it is unknown, "
            "or pass leaves=None to split by photo.",
            photos=missing,
        )
    return [known[name] for name in names]


def _check_texts(leaf_of: Mapping[str, str | None], source: str) -> None:
    for name, leaf in leaf_of.items():
        if not isinstance(name, str) or not (leaf is None or isinstance(leaf, str)):
            raise LeafMapError(
                source,
                f"says {leaf!r} of {name!r}",
                "names and leaf ids are texts, or None if the leaf is unknown.",
            )


def _with_slashes(name: str) -> str:
    return composed(name).replace("\\", "/")


def _rows(source: str, file: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the name and the leaf of each row."""
    records = csv.reader(file)
    columns = [name.strip() for name in next(records, [])]
    if not {"file", "leaf"} <= set(columns):
        raise LeafMapError(source, f"has the columns {columns}", _COLUMNS)
    name, leaf = columns.index("file"), columns.index("leaf")
    for record in filter(None, records):
        if len(record) != len(columns):
            raise LeafMapError(
                source,
                f"has {counted(len(record), 'cell')} in line {records.line_num} "
                f"under {len(columns)} column names",
                "give each row one cell for each column.",
            )
        yield record[name], record[leaf].strip()


def _collect(source: str, rows: Iterable[tuple[str, str]]) -> dict[str, str | None]:
    leaf_of: dict[str, str | None] = {}
    for file, told in rows:
        name, leaf = composed(file), None if says_nothing(told) else told
        if leaf_of.setdefault(name, leaf) != leaf:
            raise LeafMapError(
                source,
                f"gives {name!r} two leaves, {leaf_of[name]!r} and {leaf!r}",
                "keep one row for each photo.",
                photos=[name],
            )
    return leaf_of
