"""Tables beside each other that list the parts of one data set: ``train.csv`` and ``test.csv``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from transferleaf.datasets.layouts.listed_photos import ListedPhoto
from transferleaf.datasets.layouts.part_folders import parts_among
from transferleaf.datasets.layouts.table_columns import ColumnNames, recognise_columns
from transferleaf.datasets.layouts.table_files import read_table
from transferleaf.errors import ConfigError, DataError, MissingExtraError, TableError
from transferleaf.wording import first_few

# Rows that are read to find out whether a table has the columns of one that lists photos.
_HEAD = 20


def tables_of_parts(tables: Iterable[Path], named: ColumnNames) -> dict[Path, str]:
    """The part of each table, if these tables are the parts of one data set.

    They are if their names say so, as names of folders do, each says another part, and one says
    train. Tables without classes, such as Kaggle's ``test.csv``, are left out.

    Args:
        tables: Files in one folder.
        named: Columns that a user has named.

    Returns:
        By table, its part; empty where they are not the parts of one data set.
    """
    listing = {table.stem: table for table in tables if _lists_photos(table, named)}
    among = parts_among(listing)
    parts = [part for part in among.values() if part is not None]
    if len(parts) < len(among) or len(set(parts)) < len(parts) or "train" not in parts:
        return {}
    return {listing[stem]: part for stem, part in among.items() if part is not None}


def in_part(part: str, table: Path, photos: Iterable[ListedPhoto]) -> Iterator[ListedPhoto]:
    """The photos of a table, which its name puts into a part.

    Raises:
        TableError: The table itself puts some into another part.
    """
    for photo in photos:
        if photo.part not in (None, part):
            raise TableError(
                table,
                f"is called like the part {part!r}, and puts photos into "
                f"{photo.part!r}: {first_few([photo.name])}",
                "rename the table, or correct its column of parts.",
                photos=[photo.name],
            )
        yield replace(photo, part=part)


def _lists_photos(table: Path, named: ColumnNames) -> bool:
    try:
        return recognise_columns(read_table(table, limit=_HEAD), named) is not None
    except MissingExtraError:
        return True  # which is said when it is read
    except (DataError, ConfigError):
        return False
