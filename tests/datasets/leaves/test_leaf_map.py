from __future__ import annotations

from pathlib import Path

import pytest

from transferleaf.datasets.leaves.leaf_map import leaves_from_map, read_leaf_map
from transferleaf.errors import LeafMapError

COLUMNS = (
    "it needs the columns file (Class/photo.jpg) and leaf in its first line, separated by commas."
)


def write(path, text, encoding="utf-8"):
    path.write_text(text, encoding=encoding)
    return path


def test_a_map_gives_the_leaf_by_file(tmp_path):
    path = write(tmp_path / "map.csv", "file,leaf,who\na/1 ü.jpg,A1,me\na/2.jpg,,me\n")

    assert read_leaf_map(path) == {"a/1 ü.jpg": "A1", "a/2.jpg": None}


def test_a_byte_order_mark_and_other_orders_do_not_matter(tmp_path):
    path = write(tmp_path / "map.csv", "leaf,file\nA1,a/1.jpg\n", encoding="utf-8-sig")

    assert read_leaf_map(path) == {"a/1.jpg": "A1"}


def test_blanks_around_columns_and_empty_lines_do_not_matter(tmp_path):
    path = write(tmp_path / "map.csv", "file , leaf\r\na/1.jpg, A1 \r\n\r\na/2.jpg, \r\n")

    assert read_leaf_map(path) == {"a/1.jpg": "A1", "a/2.jpg": None}


def test_a_repeated_row_is_harmless(tmp_path):
    path = write(tmp_path / "map.csv", "file,leaf\na/1.jpg,A1\na/1.jpg,A1\n")

    assert read_leaf_map(path) == {"a/1.jpg": "A1"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file;leaf\na/1.jpg;A1\n", f"has the columns ['file;leaf']; {COLUMNS}"),
        ("", f"has the columns []; {COLUMNS}"),
        (
            "file,leaf\na/1.jpg,A1\na/1.jpg,A2\n",
            "gives 'a/1.jpg' two leaves, 'A1' and 'A2'; keep one row for each photo.",
        ),
        (
            "file,leaf\ncaf\u00e9/1.jpg,A1\ncafe\u0301/1.jpg,A2\n",
            "gives 'caf\u00e9/1.jpg' two leaves, 'A1' and 'A2'; keep one row for each photo.",
        ),
        (
            "leaf,file\nA1\nA2,a/2.jpg\n",
            "has 1 cell in line 2 under 2 column names; give each row one cell for each column.",
        ),
        (
            f"file,leaf\na/1.jpg,{'1' * 200_000}\n",
            "is not valid CSV (field larger than field limit (131072)); save it as CSV in UTF-8.",
        ),
    ],
    ids=["columns", "empty", "two leaves", "two spellings", "a cell is missing", "no CSV"],
)
def test_a_map_that_cannot_be_used_says_why(tmp_path, text, message):
    path = write(tmp_path / "map.csv", text)

    with pytest.raises(LeafMapError) as caught:
        read_leaf_map(path)

    assert str(caught.value) == f"the leaf map '{path}' {message}"


def test_a_missing_map_is_named(tmp_path):
    with pytest.raises(LeafMapError) as caught:
        read_leaf_map(tmp_path / "none.csv")

    assert str(caught.value) == (
        f"the leaf map '{tmp_path}/none.csv' cannot be opened (No such file or directory); "
        'name an existing CSV or JSON file, or pass "auto" or "near-duplicates".'
    )


def test_another_encoding_is_refused(tmp_path):
    path = write(tmp_path / "map.csv", "file,leaf\na/é.jpg,A1\n", encoding="latin-1")

    with pytest.raises(LeafMapError, match=r"is not in UTF-8; save it as CSV in UTF-8\."):
        read_leaf_map(path)


def test_photos_without_a_row_are_listed():
    names = [f"a/{number}.jpg" for number in range(6)]

    with pytest.raises(LeafMapError) as caught:
        leaves_from_map(names, {"a/0.jpg": "A", "a/1.jpg": "A"}, source="'m.csv'")

    assert caught.value.photos == ("a/2.jpg", "a/3.jpg", "a/4.jpg", "a/5.jpg")
    assert str(caught.value) == (
        "the leaf map 'm.csv' lacks 4 of 6 photos: 'a/2.jpg', 'a/3.jpg', 'a/4.jpg' ...; "
        "add a row for each, with an empty leaf if it is unknown, "
        "or pass leaves=None to split by photo."
    )


def test_rows_of_other_photos_do_not_matter():
    leaves = leaves_from_map(["a/1.jpg"], {"a/1.jpg": "A", "a/9.jpg": "B"}, source="m")

    assert leaves == ["A"]


def test_an_accent_may_be_spelled_either_way():
    leaves = leaves_from_map(["caf\u00e9/1.jpg"], {"cafe\u0301/1.jpg": "A"}, source="m")

    assert leaves == ["A"]


def test_a_map_made_on_windows_has_backslashes():
    leaves = leaves_from_map(["a/1.jpg", "a/2.jpg"], {"a\\1.jpg": "A", "a/2.jpg": "B"}, source="m")

    assert leaves == ["A", "B"]


def test_a_backslash_may_be_part_of_a_name():
    leaf_of = {"a/1.jpg": "A", "a\\1.jpg": "B"}

    assert leaves_from_map(list(leaf_of), leaf_of, source="m") == ["A", "B"]
    assert leaves_from_map(list(leaf_of), dict(reversed(leaf_of.items())), source="m") == ["A", "B"]


@pytest.mark.parametrize(
    ("name", "leaf"), [("a/1.jpg", 0), ("a/1.jpg", float("nan")), (Path("a/1.jpg"), "A")]
)
def test_names_and_leaf_ids_are_texts(name, leaf):
    with pytest.raises(LeafMapError) as caught:
        leaves_from_map(["a/1.jpg"], {name: leaf}, source="given as a mapping")

    assert str(caught.value) == (
        f"the leaf map given as a mapping says {leaf!r} of {name!r}; "
        "names and leaf ids are texts, or None if the leaf is unknown."
    )


def test_words_for_an_empty_cell_mean_that_the_leaf_is_unknown(tmp_path):
    path = write(tmp_path / "map.csv", "file,leaf\na/1.jpg,NA\na/2.jpg,nan\na/3.jpg,A1\n")

    assert read_leaf_map(path) == {"a/1.jpg": None, "a/2.jpg": None, "a/3.jpg": "A1"}
    assert leaves_from_map(["a/1.jpg"], {"a/1.jpg": "nan"}, source="a dictionary") == [None]
