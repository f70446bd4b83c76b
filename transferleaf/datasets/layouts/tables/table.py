"""The layout of a table: a CSV, TSV or Parquet file that lists photos and their classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from transferleaf.datasets.class_names import says_nothing
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.layout import Recognition
from transferleaf.datasets.layouts.part_folders import part_named, parts_among
from transferleaf.datasets.layouts.photo_finder import PhotoFinder, name_below
from transferleaf.datasets.layouts.tables.columns import (
    ColumnNames,
    Columns,
    class_names,
    find_columns,
    is_metadata,
    recognise_columns,
)
from transferleaf.datasets.layouts.tables.files import TableRows, read_table
from transferleaf.datasets.layouts.tables.listed_photos import (
    ListedPhoto,
    gather,
)
from transferleaf.datasets.layouts.tables.part_tables import in_part, tables_of_parts
from transferleaf.datasets.manifest import is_manifest
from transferleaf.datasets.photos.files import is_folder, list_folder
from transferleaf.errors import (
    ConfigError,
    DataError,
    FolderLayoutError,
    MissingExtraError,
    TableError,
)
from transferleaf.text.wording import counted, first_few

_ENDINGS = (".csv", ".tsv", ".parquet")
# Number of rows to read to recognise a table. ``find`` reads all rows.
_HEAD = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with a row for each photo, in a folder with the photos.

    Columns are recognised by common names (``PATH_COLUMNS``, ``LABEL_COLUMNS``), in upper or lower
    case. Instead of one column for the class, there can be one column per class that contains 1 if
    the photo is of this class. Tables with names of parts, such as ``train.csv`` and
    ``test.csv``, are read together.

    Attributes:
        path_column: The column with the path of the photo, relative to the folder of the table or
            to a folder such as ``images`` in it, with or without file extension.
        label_column: The column with the class.
        part_column: The column with the published part.
        leaf_column: The column with the leaf.
    """

    path_column: str | None = None
    label_column: str | None = None
    part_column: str | None = None
    leaf_column: str | None = None

    name = "table"
    picture = "root/table.csv with the columns path and label, photos next to it"

    def recognise(self, root: Path) -> Recognition | None:
        """Recognise a file, or one file in a folder, whose columns contain photos and classes.

        Only the header and the first rows are read. It is sure if the photos of these rows exist.
        """
        if _has_table_ending(root) and _is_file(root):
            ending = Recognition(reason="only tables have this file extension", sure=False)
            return self._recognise_file(root) or ending
        tables = self._tables(root) if is_folder(root) else {}
        parts = tables_of_parts(table_files(root), self._named) if tables else {}
        if parts:
            names = first_few(table.name for table in parts)
            there = parts.keys() <= tables.keys()
            return Recognition(reason=f"it contains a table for each part ({names})", sure=there)
        if not tables:
            return None
        if len(tables) > 1:
            names = first_few(table.name for table in tables)
            return Recognition(reason=f"it contains tables that list photos ({names})", sure=False)
        table, recognition = tables.popitem()
        return replace(recognition, reason=f"in {table.name!r}, {recognition.reason}")

    def find(self, root: Path) -> FoundPhotos:
        """Find the photos that a table lists, sorted by part, class and name.

        Args:
            root: The table, or a folder that contains one.

        Raises:
            TableError: The table is damaged, the columns for photos and classes are unclear, or it
                lists missing photos; or the folder contains several tables that are not parts of
                one data set.
            ConfigError: A column that this layout names does not exist.
            ClassMismatchError: A part has a class that ``train`` does not have.
            MissingExtraError: The file is Parquet, and pyarrow is not installed.
        """
        parts = tables_of_parts(table_files(root), self._named) if is_folder(root) else {}
        if parts:
            return self._find_parts(root, parts)
        path = self._table_in(root) if is_folder(root) else root
        if not _has_table_ending(path):
            raise TableError(path, "is none", f"name a file that ends in {first_few(_ENDINGS)}.")
        return find_listed(read_table(path), self._named)

    def _find_parts(self, root: Path, parts: dict[Path, str]) -> FoundPhotos:
        photos: list[ListedPhoto] = []
        for path, part in parts.items():
            table = read_table(path)
            columns = find_columns(table, self._named)
            photos += in_part(part, path, listed_photos(table, columns, root=root))
        return gather(root, photos, leaves_from="columns of the tables")

    @property
    def _named(self) -> ColumnNames:
        return ColumnNames(
            path=self.path_column,
            label=self.label_column,
            part=self.part_column,
            leaf=self.leaf_column,
        )

    def _tables(self, root: Path) -> dict[Path, Recognition]:
        seen = {file: self._recognise_file(file) for file in table_files(root)}
        return {file: recognition for file, recognition in seen.items() if recognition is not None}

    def _table_in(self, root: Path) -> Path:
        tables = list(self._tables(root)) or table_files(root)
        if not tables:
            raise FolderLayoutError(
                root, "contains no table", f"it needs a file that ends in {first_few(_ENDINGS)}."
            )
        if len(tables) > 1:
            names = first_few(table.name for table in tables)
            raise FolderLayoutError(
                root,
                f"contains several tables: {names}",
                "name one of them, or call them train, val and test if they list the parts of one "
                "data set.",
            )
        return tables[0]

    def _recognise_file(self, path: Path) -> Recognition | None:
        """Return why a file looks like a table whose photos exist."""
        try:
            head = read_table(path, limit=_HEAD)
            columns = recognise_columns(head, self._named)
            if columns is None:
                return None
            finder = PhotoFinder(path)
            there = all(len(finder.find(place)) == 1 for place in head.column(columns.path))
        except MissingExtraError:
            return Recognition(reason="it cannot be read without pyarrow", sure=False)
        except (DataError, ConfigError):
            return None
        if not there or not head.rows:
            return None
        # These files are tables too, but have more specific layouts.
        known = is_metadata(head) or is_manifest(path)
        return Recognition(reason=str(columns), sure=not known)


def find_listed(table: TableRows, named: ColumnNames) -> FoundPhotos:
    """Find the photos that a table lists.

    Raises:
        TableError: The columns for photos and classes are unclear, or the table lists missing
            photos.
        ConfigError: A column of ``named`` does not exist.
        ClassMismatchError: A part has a class that ``train`` does not have.
    """
    columns = find_columns(table, named)
    photos = listed_photos(table, columns, root=table.path.parent)
    found = gather(table.path, photos, leaves_from=f"column {columns.leaf!r}")
    if columns.not_leaves is None:
        return found
    note = f"the column {columns.not_leaves!r} spans classes and was not used as leaf ids"
    return replace(found, notes=(note,))


def listed_photos(table: TableRows, columns: Columns, *, root: Path) -> Iterator[ListedPhoto]:
    """Find the photo of each row. Names are relative to ``root``.

    Raises:
        TableError: Rows have no class or no photo, or list missing photos.
    """
    finder = PhotoFinder(table.path)
    written = table.column(columns.path)
    found = [finder.find(place) if place else [] for place in written]
    _check_found(table, columns, found)
    names = [
        name_below(root, paths[0], written=place)
        for paths, place in zip(found, written, strict=True)
    ]
    parts = _parts(table, columns, names)
    leaves = table.column(columns.leaf) if columns.leaf else [""] * len(names)
    classes = class_names(table, columns)
    for paths, name, class_name, part, leaf in zip(
        found, names, classes, parts, leaves, strict=True
    ):
        yield ListedPhoto(
            path=paths[0],
            name=name,
            class_name=class_name,
            part=part,
            leaf=None if says_nothing(leaf) else leaf,
        )


def table_files(root: Path) -> list[Path]:
    """Return the table files in a folder, without manifests and Kaggle submissions.

    Raises:
        FolderLayoutError: ``root`` is not a readable folder.
    """
    return [
        path
        for path in list_folder(root).others
        # A sample submission has the same columns as a table of labels, but invented labels.
        if _has_table_ending(path)
        and "submission" not in path.stem.lower()
        and not is_manifest(path)
    ]


def _has_table_ending(path: Path) -> bool:
    return path.suffix.lower() in _ENDINGS


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False


def _check_found(table: TableRows, columns: Columns, found: list[list[Path]]) -> None:
    written = table.column(columns.path)
    numbers = list(zip(written, map(len, found), strict=True))
    missing = [place for place, number in numbers if number == 0]
    unclear = [place for place, number in numbers if number > 1]
    are = "is" if len(missing) == 1 else "are"
    for names, said, remedy in (
        (missing, f"{are} not there", f"put them there, or correct the column {columns.path!r}."),
        (unclear, "may be several files", f"write folder and file extension in {columns.path!r}."),
    ):
        if names:
            raise TableError(
                table.path,
                f"names {counted(len(written), 'photo')}, {len(names):,} of which {said}: "
                f"{first_few(names)}",
                remedy,
                photos=names,
            )


def _parts(table: TableRows, columns: Columns, names: list[str]) -> list[str | None]:
    if columns.part is not None:
        return [_part_in(cell) for cell in table.column(columns.part)]
    folders = [PurePosixPath(name).parts[0] if "/" in name else "" for name in names]
    among = parts_among(dict.fromkeys(folders))
    parts = [among.get(folder) for folder in folders]
    return [None] * len(parts) if None in parts else parts


def _part_in(cell: str) -> str | None:
    return None if says_nothing(cell) else part_named(cell) or cell
