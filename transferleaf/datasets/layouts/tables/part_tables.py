"""Tables for the parts of one data set, such as ``train.csv`` and ``test.csv``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from transferleaf.datasets.layouts.part_folders import parts_among
from transferleaf.datasets.layouts.tables.columns import ColumnNames, recognise_columns
from transferleaf.datasets.layouts.tables.files import read_table
from transferleaf.datasets.layouts.tables.listed_photos import ListedPhoto
from transferleaf.errors import ConfigError, DataError, MissingExtraError, TableError
from transferleaf.text.wording import first_few

# Number of rows to read to check whether a table lists photos.
_HEAD = 20


def tables_of_parts(tables: Iterable[Path], named: ColumnNames) -> dict[Path, str]:
    """Return the part of each table, if the tables are the parts of one data set.

    This requires that each name means a different part, by the rules for folders, and that one of
    them is train. Tables without classes, such as Kaggle's ``test.csv``, are left out.

    Args:
        tables: Files in one folder.
        named: The columns that the user named.

    Returns:
        A dictionary from table to part. Empty if they are not the parts of one data set.
    """
    listing = {table.stem: table for table in tables if _lists_photos(table, named)}
    among = parts_among(listing)
    parts = [part for part in among.values() if part is not None]
    if len(parts) < len(among) or len(set(parts)) < len(parts) or "train" not in parts:
        return {}
    return {listing[stem]: part for stem, part in among.items() if part is not None}


def in_part(part: str, table: Path, photos: Iterable[ListedPhoto]) -> Iterator[ListedPhoto]:
    """Yield the photos of a table with the part that its name means.

    Raises:
        TableError: A column of the table gives another part.
    """
    for photo in photos:
        if photo.part not in (None, part):
            raise TableError(
                table,
                f"is named after the part {part!r}, but puts photos into "
                f"{photo.part!r}: {first_few([photo.name])}",
                "rename the table, or correct its column of parts.",
                photos=[photo.name],
            )
        yield replace(photo, part=part)


def _lists_photos(table: Path, named: ColumnNames) -> bool:
    try:
        return recognise_columns(read_table(table, limit=_HEAD), named) is not None
    except MissingExtraError:
        return True  # reported when it is read
    except (DataError, ConfigError):
        return False
