"""A table that says which leaf each photo shows: a CSV file with the columns file and leaf."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from transferleaf.datasets.photo_files import composed
from transferleaf.errors import LeafMapError

_COLUMNS = (
    "it needs the columns file (Class/photo.jpg) and leaf in its first line, separated by commas."
)


def read_leaf_map(path: Path) -> dict[str, str | None]:
    """Read the leaf of each photo from a CSV file.

    Args:
        path: A file in UTF-8 whose first line names at least the columns ``file`` and ``leaf``.
            ``file`` is the photo's place below the data set's folder, with forward slashes. An
            empty ``leaf`` means that the leaf is unknown. Other columns do not matter.

    Returns:
        The leaf id, or ``None`` where unknown, by ``file``.

    Raises:
        LeafMapError: The file cannot be read, lacks a column, or gives one photo two leaves.
    """
    source = repr(str(path))
    try:
        # utf-8-sig: spreadsheet programs put a byte order mark in front.
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            columns = rows.fieldnames or []
            if not {"file", "leaf"} <= set(columns):
                raise LeafMapError(source, f"has the columns {list(columns)}", _COLUMNS)
            return _collect(source, rows)
    except OSError as error:
        reason = f"cannot be opened ({error.strerror})"
        raise LeafMapError(source, reason, "name an existing CSV file.") from None
    except UnicodeDecodeError:
        raise LeafMapError(source, "is not in UTF-8", "save it as CSV in UTF-8.") from None


def leaves_from_map(
    names: Sequence[str], leaf_of: Mapping[str, str | None], *, source: str
) -> list[str | None]:
    """Look up the leaf of each photo.

    Args:
        names: Names of the form ``Class/photo.jpg``, as the map gives them.
        leaf_of: Leaf ids by name; ``None`` or an empty id means unknown.
        source: What to call the map in an error.

    Raises:
        LeafMapError: Some photos are not in the map.
    """
    known = {composed(name): None if leaf in (None, "") else leaf for name, leaf in leaf_of.items()}
    missing = [name for name in names if name not in known]
    if missing:
        shown = ", ".join(repr(name) for name in missing[:3])
        raise LeafMapError(
            source,
            f"lacks {len(missing)} of {len(names)} photos: "
            f"{shown}{' ...' if len(missing) > 3 else ''}",
            "add a row for each, with an empty leaf where it is unknown, "
            "or pass leaves=None to split by photo.",
            photos=missing,
        )
    return [known[name] for name in names]


def _collect(source: str, rows: csv.DictReader[str]) -> dict[str, str | None]:
    leaf_of: dict[str, str | None] = {}
    for row in rows:
        name, leaf = row["file"], row["leaf"] or None
        if leaf_of.setdefault(name, leaf) != leaf:
            raise LeafMapError(
                source,
                f"gives {name!r} two leaves, {leaf_of[name]!r} and {leaf!r}",
                "keep one row for each photo.",
                photos=[name],
            )
    return leaf_of
