from __future__ import annotations

import subprocess
import sys

import pytest

from transferleaf.datasets.layouts.tables.files import read_table
from transferleaf.errors import MissingExtraError, TableError

NEED_PYARROW = "pyarrow, the extra parquet, is not installed"


def write_parquet(file, /, **columns):
    arrow = pytest.importorskip("pyarrow", reason=NEED_PYARROW)
    from pyarrow import parquet

    parquet.write_table(arrow.table(columns), file)
    return file


@pytest.mark.parametrize(
    "text",
    [
        "path,label\na.jpg,rust\n",
        "path;label\na.jpg;rust\n",
        "path\tlabel\na.jpg\trust\n",
        "\ufeffpath,label\r\na.jpg,rust\r\n",
        '"path","label"\n"a.jpg","rust"\n',
        " path , label \n a.jpg , rust \n\n",
    ],
    ids=["commas", "semicolons", "tabs", "byte order mark", "quotes", "blanks"],
)
def test_csv_is_read_in_its_usual_forms(tmp_path, text):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8", newline="")

    table = read_table(tmp_path / "t.csv")

    assert table.columns == ("path", "label")
    assert table.rows == (("a.jpg", "rust"),)


def test_separators_in_cells_do_not_matter(tmp_path):
    (tmp_path / "t.csv").write_text("path;label;note\na.jpg;rust;old, wet, brown, small\n")

    assert read_table(tmp_path / "t.csv").column("note") == ["old, wet, brown, small"]


def test_a_quoted_cell_may_have_lines(tmp_path):
    (tmp_path / "t.csv").write_text('path,label\n"a\n1.jpg",rust\nb.jpg,mildew\n')

    assert read_table(tmp_path / "t.csv").column("path") == ["a\n1.jpg", "b.jpg"]


@pytest.mark.parametrize("ending", [".tsv", ".CSV"])
def test_the_ending_tells_the_format(tmp_path, ending):
    path = tmp_path / f"t{ending}"
    path.write_text("path\tlabel\na.jpg\trust\n")

    assert read_table(path).column("label") == ["rust"]


def test_json_lines_may_lack_keys(tmp_path):
    (tmp_path / "t.jsonl").write_text(
        '{"file_name": "a.jpg", "label": 3, "sure": true}\n\n{"file_name": "b.jpg", "boxes": [1]}\n'
    )

    table = read_table(tmp_path / "t.jsonl")

    assert table.columns == ("file_name", "label", "sure")
    assert table.rows == (("a.jpg", "3", "1"), ("b.jpg", "", ""))
    assert table.nested == ("boxes",)


def test_parquet_gives_what_csv_would(tmp_path):
    path = write_parquet(
        tmp_path / "t.parquet",
        path=["a.jpg", "b.jpg"],
        label=["rust", None],
        rust=[1.0, float("nan")],
        sure=[True, False],
        image=[{"bytes": b"x"}, {"bytes": b"y"}],
    )

    table = read_table(path)

    assert table.columns == ("path", "label", "rust", "sure")
    assert table.rows == (("a.jpg", "rust", "1", "1"), ("b.jpg", "", "", "0"))
    assert table.nested == ("image",)


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
@pytest.mark.parametrize("limit", [None, 1])
def test_reading_parquet_leaves_no_thread_behind(tmp_path, limit):
    """A thread of Arrow that is still at work aborts the interpreter at its end."""
    path = write_parquet(tmp_path / "t.parquet", path=["a.jpg", "b.jpg"], label=["rust", "mint"])
    code = f"""
import os, pyarrow.parquet
from pathlib import Path
from transferleaf.datasets.layouts.tables.files import read_table
before = len(os.listdir("/proc/self/task"))
read_table(Path({str(path)!r}), limit={limit})
print(len(os.listdir("/proc/self/task")) - before)
"""

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "0\n"


def test_categories_of_parquet_are_text(tmp_path):
    arrow = pytest.importorskip("pyarrow", reason=NEED_PYARROW)
    path = write_parquet(
        tmp_path / "t.parquet", label=arrow.array(["rust", "rust"]).dictionary_encode()
    )

    assert read_table(path).column("label") == ["rust", "rust"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.csv", 'path,x\na,\nb,\n"never closed,\n'),
        ("t.jsonl", '{"path": "a"}\n{"path": "b"}\nno JSON\n'),
    ],
)
def test_a_limit_reads_only_the_first_rows(tmp_path, name, text):
    (tmp_path / name).write_text(text)

    assert read_table(tmp_path / name, limit=2).column("path") == ["a", "b"]


def test_a_limit_reads_only_the_first_rows_of_parquet(tmp_path):
    path = write_parquet(tmp_path / "t.parquet", path=["a", "b", "c"])

    assert read_table(path, limit=2).column("path") == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "t.csv",
            b"path,label\na.jpg\n",
            "has 1 cells in line 2 under 2 column names; give each row one cell for each column, "
            "and put a cell that contains the separator in quotation marks.",
        ),
        (
            "t.csv",
            b"path,label,path\n",
            "has two columns called 'path'; give each column a different name.",
        ),
        (
            "t.csv",
            b'path,label\n"a.jpg,rust\n',
            "is not valid CSV near line 2 (unexpected end of data); save it as CSV in UTF-8.",
        ),
        ("t.csv", "path,label\nä.jpg,rust".encode("cp1252"), "is not in UTF-8; save it in UTF-8."),
        (
            "t.jsonl",
            b'{"a": 1}\n[2]\n',
            "has no JSON object in line 2; put one JSON object in each line.",
        ),
        (
            "t.jsonl",
            b"\nrust\n",
            "has invalid JSON in line 2 (Expecting value: line 1 column 1 (char 0)); "
            "put one JSON object in each line.",
        ),
    ],
    ids=["short row", "column twice", "open quote", "encoding", "JSON list", "no JSON"],
)
def test_a_damaged_table_says_where(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(TableError) as caught:
        read_table(path)

    assert str(caught.value) == f"the table '{path}' {message}"


def test_a_damaged_parquet_file_is_refused(tmp_path):
    pytest.importorskip("pyarrow", reason=NEED_PYARROW)
    (tmp_path / "t.parquet").write_bytes(b"path,label\n")

    with pytest.raises(TableError, match=r"is not a Parquet file \(Parquet"):
        read_table(tmp_path / "t.parquet")


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(TableError) as caught:
        read_table(tmp_path / "t.csv")

    assert caught.value.found == "cannot be opened (No such file or directory)"


def test_without_pyarrow_the_error_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(MissingExtraError) as caught:
        read_table(tmp_path / "t.parquet")

    assert (caught.value.package, caught.value.extra) == ("pyarrow", "parquet")
    assert str(caught.value) == (
        f"reading the table '{tmp_path}/t.parquet' needs the package 'pyarrow', which is not "
        'installed; pip install "transferleaf[parquet]" installs it.'
    )


def test_a_very_long_header_does_not_hide_the_separator(tmp_path):
    file = tmp_path / "features.csv"
    columns = [f"feature_{number:06}" for number in range(15_000)]
    file.write_text(",".join(columns) + "\n" + ",".join("1" for _ in columns) + "\n")

    assert len(read_table(file, limit=1).columns) == 15_000


def test_a_cell_that_is_too_long_is_an_error_of_ours(tmp_path):
    file = tmp_path / "one-line.csv"
    file.write_text("x" * 200_000)

    with pytest.raises(TableError, match="is not valid CSV near line"):
        read_table(file)
