"""Ambiguous classes and leaves in a table are resolved or refused."""

from __future__ import annotations

import pytest

from tests.datasets.painting import paint_all
from transferleaf.datasets import open_leaves
from transferleaf.datasets.layouts.tables.manifest import Manifest
from transferleaf.datasets.layouts.tables.table import Table
from transferleaf.errors import ManifestError, TableError

ALIKE = "differ only in case, blanks, dots or the way that characters and numbers are written"


def table(folder, rows, header="path,label"):
    """A table with a generated photo for each row."""
    paint_all(folder, [row.partition(",")[0] for row in rows])
    (folder / "photos.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return folder / "photos.csv"


@pytest.mark.parametrize(
    ("one", "other"),
    [("Rust", "rust"), ("leaf rust", "leaf  rust"), ("rust.", "rust"), ("1", "01")],
)
def test_labels_that_look_the_same_are_refused(tmp_path, one, other):
    path = table(tmp_path, [f"1.png,{one}", f"2.png,{other}", "3.png,scab"])

    with pytest.raises(TableError) as caught:
        Table().find(path)

    first, second = sorted([one, other])
    assert str(caught.value) == (
        f"the table '{path}' contains the classes {first!r} and {second!r}, which {ALIKE}; "
        "use the same spelling for both."
    )


@pytest.mark.parametrize("nothing", ["nan", "NA", "None", "null", "N/A", ""])
def test_a_word_for_an_empty_cell_is_not_a_class(tmp_path, nothing):
    path = table(tmp_path, ["1.png,rust", "2.png,scab", f"3.png,{nothing}"])

    with pytest.raises(TableError) as caught:
        Table().find(path)

    said = f" (it says {nothing!r})" if nothing else ""
    assert caught.value.found == f"has no class for 1 photo{said}: '3.png'"
    assert caught.value.photos == ("3.png",)


def test_class_ten_has_index_ten(tmp_path):
    path = table(tmp_path, [f"{number}.png,{number}" for number in range(12)])

    found = Table().find(path)

    assert found.classes == tuple(map(str, range(12)))
    assert found.labels == tuple(range(12))
    assert found.names == tuple(f"{number}.png" for number in range(12))


def test_folders_named_by_numbers_are_sorted_by_value(tmp_path):
    paint_all(tmp_path, [f"{number}/{number}.png" for number in (2, 10, 1)])

    data = open_leaves(tmp_path)

    assert data.classes == ("1", "2", "10")
    assert data.names == ("1/1.png", "2/2.png", "10/10.png")
    assert data.labels.tolist() == [0, 1, 2]


def test_a_group_within_classes_is_a_leaf(tmp_path):
    path = table(tmp_path, ["1.png,a,x", "2.png,a,x", "3.png,b,y"], "path,label,group")

    assert Table().find(path).leaves == ("x", "x", "y")


def test_a_group_across_classes_is_not_a_leaf_and_is_reported(tmp_path):
    path = table(tmp_path, ["1.png,a,x", "2.png,b,x", "3.png,b,y"], "path,label,group")

    data = open_leaves(path)

    assert data.n_leaves == 0
    assert data.origin.endswith("; the column 'group' spans classes and was not used as leaf ids")
    assert open_leaves(path, layout=Table(leaf_column="group")).n_leaves == 2


def test_empty_words_are_neither_leaves_nor_parts(tmp_path):
    path = table(
        tmp_path, ["1.png,a,NA,nan", "2.png,a,x,nan", "3.png,b,NA,nan"], "path,label,leaf,split"
    )

    found = Table().find(path)

    assert found.leaves == (None, "x", None)
    assert found.parts == ()


@pytest.mark.parametrize("name", ["a ", "a."])
def test_folders_that_are_equal_on_windows_are_refused(tmp_path, name):
    paint_all(tmp_path, ["a/1.png", f"{name}/2.png"])

    with pytest.raises(ValueError, match=ALIKE):
        open_leaves(tmp_path)


def test_a_manifest_whose_classes_are_alike_is_refused(tmp_path):
    paint_all(tmp_path, ["a/1.png", "b/1.png"])
    open_leaves(tmp_path).save(tmp_path / "split.csv")
    text = (tmp_path / "split.csv").read_text()
    (tmp_path / "split.csv").write_text(text.replace('"b",', '"A",'))

    with pytest.raises(ManifestError, match=f"contains the classes 'A' and 'a', which {ALIKE}"):
        Manifest().find(tmp_path / "split.csv")
