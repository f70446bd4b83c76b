from __future__ import annotations

from pathlib import Path

import pytest

from transferleaf.datasets.layouts.tables.columns import (
    LABEL_COLUMNS,
    PATH_COLUMNS,
    ColumnNames,
    class_names,
    find_columns,
    recognise_columns,
)
from transferleaf.datasets.layouts.tables.files import TableRows
from transferleaf.errors import ConfigError, TableError

HERE = Path("t.csv")


def table(columns, *rows, nested=()):
    return TableRows(path=HERE, columns=tuple(columns), rows=rows, nested=nested)


def classes_of(rows, named=None):
    columns = find_columns(rows, named or ColumnNames())
    return class_names(rows, columns)


@pytest.mark.parametrize("path", [*PATH_COLUMNS, "File Name", "IMAGE_ID", "image-path"])
def test_usual_names_tell_the_photo(path):
    columns = find_columns(table([path, "label"], ("a.jpg", "rust")), ColumnNames())

    assert (columns.path, columns.labels) == (path, ("label",))


@pytest.mark.parametrize("label", [*LABEL_COLUMNS, "Class Name", "LABELS"])
def test_usual_names_tell_the_class(label):
    columns = find_columns(table(["path", label], ("a.jpg", "rust")), ColumnNames())

    assert columns.labels == (label,)


def test_part_and_leaf_are_found_where_they_are():
    columns = find_columns(table(["leaf_id", "Set", "label", "file"]), ColumnNames())

    assert (columns.part, columns.leaf) == ("Set", "leaf_id")


def test_folds_are_not_parts():
    assert find_columns(table(["file", "label", "fold"]), ColumnNames()).part is None


def test_given_names_have_priority_over_usual_ones():
    rows = table(["path", "photo", "label", "said"], ("a", "b", "c", "d"))

    columns = find_columns(rows, ColumnNames(path="photo", label="said"))

    assert (columns.path, columns.labels) == ("photo", ("said",))


@pytest.mark.parametrize("option", ["path", "label", "part", "leaf"])
def test_a_given_column_must_exist(option):
    with pytest.raises(ConfigError) as caught:
        find_columns(table(["path", "label"]), ColumnNames(**{option: "photo"}))

    assert str(caught.value) == (
        f"{option}_column='photo' must be one of the table's columns ['path', 'label']."
    )


def test_a_column_of_numbers_may_repeat_the_classes():
    rows = table(["file", "label", "class_name"], ("a", "0", "rust"), ("b", "1", "mildew"))

    assert classes_of(rows) == ["rust", "mildew"]


def test_two_different_class_columns_need_a_choice():
    rows = table(["file", "class", "disease"], ("a", "Mint", "rust"), ("b", "Sage", "rust"))

    with pytest.raises(TableError) as caught:
        find_columns(rows, ColumnNames())

    assert str(caught.value) == (
        "the table 't.csv' has several columns that may contain the class: 'class', 'disease'; "
        "keep one, or choose it in Python: layout=Table(label_column='disease')."
    )


def test_unknown_columns_are_listed():
    with pytest.raises(TableError) as caught:
        find_columns(table(["photo", "diagnosis"], ("a", "b")), ColumnNames())

    assert str(caught.value) == (
        "the table 't.csv' has the columns ['photo', 'diagnosis'], and it is not clear which "
        "contain the photos and their classes; call them path and label, or name them in "
        'Python: layout=Table(path_column="photo", label_column="diagnosis").'
    )


def test_columns_without_single_values_are_listed_too():
    rows = table(["label"], ("rust",), nested=("image",))

    with pytest.raises(TableError, match=r"\(and 'image', which do not contain single values\)"):
        find_columns(rows, ColumnNames())


@pytest.mark.parametrize(
    "flags",
    [("1", "0"), ("1.0", "0.0"), ("True", "False"), ("TRUE", "0")],
)
def test_a_column_for_each_class_may_flag_it(flags):
    rows = table(["image_id", "rust", "scab"], ("a", *flags), ("b", *reversed(flags)))

    assert classes_of(rows) == ["rust", "scab"]


@pytest.mark.parametrize("column", ["", "Unnamed: 0", "__index_level_0__", "split", "leaf"])
def test_other_columns_next_to_flags_are_ignored(column):
    rows = table([column, "image_id", "rust", "scab"], ("7", "a", "1", "0"))

    assert classes_of(rows) == ["rust"]


@pytest.mark.parametrize(
    "rows",
    [
        table(["image_id", "rust", "scab"], ("a", "0.25", "0.75")),
        table(["image_id", "rust"], ("a", "1")),
        table(["image_id", "rust", "scab"]),
    ],
    ids=["shares", "one column", "no rows"],
)
def test_other_columns_are_not_flags(rows):
    assert recognise_columns(rows, ColumnNames()) is None


def test_rows_of_no_class_or_several_are_named():
    rows = table(
        ["image_id", "rust", "scab"],
        ("a", "1", "0"),
        ("b", "0", "0"),
        ("c", "1", "1"),
        ("d", "1", "1"),
    )

    with pytest.raises(TableError) as caught:
        classes_of(rows)

    assert caught.value.photos == ("b", "c", "d")
    assert str(caught.value) == (
        "the table 't.csv' puts 1 photo into no class and 2 photos into several classes: "
        "'b', 'c', 'd'; give each row exactly one 1 among 'rust', 'scab'."
    )


def test_rows_without_a_class_are_named():
    with pytest.raises(TableError) as caught:
        classes_of(table(["path", "label"], ("a", "rust"), ("b", "")))

    assert str(caught.value) == (
        "the table 't.csv' has no class for 1 photo: 'b'; "
        "fill the column 'label', or remove these rows."
    )
