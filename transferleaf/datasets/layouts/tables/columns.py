"""Recognition of the columns of a table: photo, class, part and leaf."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from transferleaf.datasets.class_names import says_nothing
from transferleaf.datasets.layouts.tables.files import TableRows
from transferleaf.errors import ConfigError, TableError
from transferleaf.text.wording import counted, first_few

# Usual column names, in lower case with underscores, in the order of priority.
PATH_COLUMNS = (
    "path",
    "file",
    "filename",
    "file_name",
    "image",
    "image_path",
    "image_id",
    "filepath",
)
LABEL_COLUMNS = ("label", "class", "class_name", "category", "disease", "target", "labels")
PART_COLUMNS = ("split", "part", "set", "subset")
LEAF_COLUMNS = ("leaf", "leaf_id", "plant_id")
# Such a column may contain anything. It is used for leaves only if no group contains several
# classes.
GROUP_COLUMNS = ("group",)

# Names of Hugging Face metadata files, and of their column with the photo.
METADATA_FILES = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
METADATA_PATH = "file_name"

# pandas writes row numbers into a column without a name.
_ROW_NUMBERS = re.compile(r"|unnamed: \d+|__index_level_\d+__", re.IGNORECASE)
# pandas writes flags as words, and as decimal numbers in columns with empty cells.
_FLAGS = {"0": False, "0.0": False, "false": False, "1": True, "1.0": True, "true": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnNames:
    """Columns that the user named. ``None``: search for usual names.

    Attributes:
        path: The column of the photo.
        label: The column of the class.
        part: The column of the published part.
        leaf: The column of the leaf.
    """

    path: str | None = None
    label: str | None = None
    part: str | None = None
    leaf: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The recognised columns of a table.

    Attributes:
        path: The column of the photo.
        labels: The column of the class; or one column per class, which contains 1 for photos of
            this class and otherwise 0.
        part: The column of the published part, if any.
        leaf: The column of the leaf, if any.
        not_leaves: A column of groups that was not used for leaves, as a group contains several
            classes.
    """

    path: str
    labels: tuple[str, ...]
    part: str | None
    leaf: str | None
    not_leaves: str | None = None

    def __str__(self) -> str:
        """List the columns.

        >>> print(Columns(path="file", labels=("rust", "scab"), part=None, leaf=None))
        the column 'file' names photos and 'rust', 'scab' are classes
        """
        if len(self.labels) == 1:
            return f"the columns {self.path!r} and {self.labels[0]!r} name photos and classes"
        return f"the column {self.path!r} names photos and {first_few(self.labels)} are classes"


def recognise_columns(table: TableRows, named: ColumnNames) -> Columns | None:
    """Return the columns of a table, or ``None`` if those of photos or classes are unclear.

    Raises:
        ConfigError: The table has no column with a name in ``named``.
        TableError: Several columns may contain the class, and they differ.
    """
    path = named.path or next(iter(_usual(table, PATH_COLUMNS)), None)
    part = named.part or next(iter(_usual(table, PART_COLUMNS)), None)
    leaf = named.leaf or next(iter(_usual(table, LEAF_COLUMNS)), None)
    groups = _usual(table, GROUP_COLUMNS) if leaf is None else []
    for option, name in (("path", named.path), ("part", named.part), ("leaf", named.leaf)):
        _check_named(table, f"{option}_column", name)
    if path is None:
        return None
    labels = _label_columns(table, named.label, taken=(path, part, leaf, *groups))
    if not labels:
        return None
    spanning = [name for name in groups if _spans_classes(table, name, labels)]
    within = [name for name in groups if name not in spanning]
    return Columns(
        path=path,
        labels=labels,
        part=part,
        leaf=leaf or next(iter(within), None),
        not_leaves=next(iter(spanning), None),
    )


def _spans_classes(table: TableRows, name: str, labels: tuple[str, ...]) -> bool:
    """Return whether photos of several classes have the same value in a column."""
    classes = zip(*(table.column(label) for label in labels), strict=True)
    pairs = {
        (group, of_class)
        for group, of_class in zip(table.column(name), classes, strict=True)
        if not says_nothing(group)
    }
    return len({group for group, _ in pairs}) < len(pairs)


def is_metadata(table: TableRows) -> bool:
    """Return whether a table is the metadata of a Hugging Face ``imagefolder``."""
    return table.path.name in METADATA_FILES and METADATA_PATH in table.columns


def find_columns(table: TableRows, named: ColumnNames) -> Columns:
    """Return the columns of a table.

    Raises:
        ConfigError: The table has no column with a name in ``named``.
        TableError: The columns of photos or classes are unclear. The message lists all columns.
    """
    columns = recognise_columns(table, named)
    if columns is None:
        nested = f" (and {first_few(table.nested)}, which do not contain single values)"
        raise TableError(
            table.path,
            f"has the columns {list(table.columns)}{nested if table.nested else ''}, "
            "and it is not clear which contain the photos and their classes",
            "call them path and label, or name them in Python: layout=Table("
            'path_column="photo", label_column="diagnosis").',
        )
    return columns


def class_names(table: TableRows, columns: Columns) -> list[str]:
    """Return the class of each row.

    Raises:
        TableError: Rows have no class, or several.
    """
    if len(columns.labels) > 1:
        return _from_flags(table, columns)
    names = table.column(columns.labels[0])
    unnamed = {
        photo: name
        for photo, name in zip(table.column(columns.path), names, strict=True)
        if says_nothing(name)
    }
    if unnamed:
        words = sorted({name for name in unnamed.values() if name})
        written = f" (it says {first_few(words)})" if words else ""
        healthy = "; leaves without a disease are healthy" if words else ""
        raise TableError(
            table.path,
            f"has no class for {counted(len(unnamed), 'photo')}{written}: {first_few(unnamed)}",
            f"fill the column {columns.labels[0]!r}, or remove these rows{healthy}.",
            photos=list(unnamed),
        )
    return names


def _usual(table: TableRows, usual: tuple[str, ...]) -> list[str]:
    plain = {re.sub(r"[\s-]+", "_", name.lower()): name for name in reversed(table.columns)}
    return [plain[name] for name in usual if name in plain]


def _check_named(table: TableRows, option: str, name: str | None) -> None:
    if name is not None and name not in table.columns:
        raise ConfigError(option, name, f"be one of the table's columns {list(table.columns)}")


def _label_columns(
    table: TableRows, named: str | None, taken: tuple[str | None, ...]
) -> tuple[str, ...]:
    if named is not None:
        _check_named(table, "label_column", named)
        return (named,)
    usual = [name for name in _usual(table, LABEL_COLUMNS) if name not in taken]
    if usual:
        return (_one_label_column(table, usual),)
    flags = tuple(
        name for name in table.columns if name not in taken and not _ROW_NUMBERS.fullmatch(name)
    )
    if len(flags) < 2 or not table.rows:
        return ()
    cells = (cell.lower() for name in flags for cell in table.column(name))
    return flags if all(cell in _FLAGS for cell in cells) else ()


def _one_label_column(table: TableRows, usual: list[str]) -> str:
    """Choose among columns that group the photos equally. Refuse columns that do not."""
    pairs = {
        name: set(zip(table.column(usual[0]), table.column(name), strict=True)) for name in usual
    }
    for name in usual[1:]:
        sides = zip(*pairs[name], strict=True)
        if any(len(set(side)) < len(pairs[name]) for side in sides):
            raise TableError(
                table.path,
                f"has several columns that may contain the class: {first_few([usual[0], name])}",
                f"keep one, or choose it in Python: layout=Table(label_column={name!r}).",
            )
    # If there is a column of numbers and one of words, use the words.
    words = [name for name in usual if not all(cell.isdigit() for cell in table.column(name))]
    return words[0] if words else usual[0]


def _from_flags(table: TableRows, columns: Columns) -> list[str]:
    cells = zip(*(table.column(name) for name in columns.labels), strict=True)
    chosen = [
        [name for name, cell in zip(columns.labels, row, strict=True) if _FLAGS[cell.lower()]]
        for row in cells
    ]
    _check_flags(table, columns, [len(names) for names in chosen])
    return [names[0] for names in chosen]


def _check_flags(table: TableRows, columns: Columns, numbers: list[int]) -> None:
    wrong = Counter(min(number, 2) for number in numbers if number != 1)
    if not wrong:
        return
    photos = [
        photo
        for photo, number in zip(table.column(columns.path), numbers, strict=True)
        if number != 1
    ]
    held = [
        f"{counted(wrong[number], 'photo')} into {where}"
        for number, where in ((0, "no class"), (2, "several classes"))
        if wrong[number]
    ]
    raise TableError(
        table.path,
        f"puts {' and '.join(held)}: {first_few(photos)}",
        f"give each row exactly one 1 among {first_few(columns.labels)}.",
        photos=photos,
    )
