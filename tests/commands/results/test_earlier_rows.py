from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import typer

from transferleaf.commands.grammar.prediction_rows import columns, csv_rows, json_lines
from transferleaf.commands.results.earlier_rows import EarlierRows, earlier_csv, earlier_json_lines
from transferleaf.predictions import describe_predictions

READ = {"csv": partial(earlier_csv, top_k=1), "jsonl": earlier_json_lines}
WRITE = {"csv": partial(csv_rows, top_k=1), "jsonl": json_lines}


@pytest.fixture
def rows(tmp_path):
    """Writes predictions of two photos to a file, the second one with an error."""

    def make(form: str) -> Path:
        found = describe_predictions(
            [Path('a "b"\n.jpg'), Path("bad.jpg")],
            np.array([[0.75, 0.25], [0.5, 0.5]]),
            {1: "it is\nempty."},
            classes=["Bean___rust", "Bean___healthy"],
            top_k=1,
        )
        path = tmp_path / f"rows.{form}"
        with path.open("w", newline="") as file:
            WRITE[form](file)(found)
        return path

    return make


@pytest.mark.parametrize("form", READ)
def test_whole_rows_are_all_kept(rows, form):
    path = rows(form)
    before = path.read_bytes()

    earlier = READ[form](path)

    assert earlier == EarlierRows(paths=frozenset(['a "b"\n.jpg', "bad.jpg"]), bad=1)
    assert path.read_bytes() == before


@pytest.mark.parametrize("form", READ)
@pytest.mark.parametrize("cut", [1, 3, 8, 16])
def test_an_incomplete_last_row_is_removed(rows, form, cut):
    path = rows(form)
    path.write_bytes(path.read_bytes()[:-cut])

    earlier = READ[form](path)

    assert earlier == EarlierRows(paths=frozenset(['a "b"\n.jpg']))
    assert path.read_bytes().endswith(b"\n")
    assert READ[form](path) == earlier


@pytest.mark.parametrize("form", READ)
@pytest.mark.parametrize("text", ["notes", "notes\n", '{"a": 1}\n', "path,label\n1.jpg,a\n"])
def test_another_file_is_refused_and_not_changed(tmp_path, form, text):
    path = tmp_path / "notes"
    path.write_text(text)

    with pytest.raises(typer.BadParameter) as caught:
        READ[form](path)

    assert str(caught.value) == (
        f"{str(path)!r} contains no rows of predict with this --top-k; name another file"
    )
    assert path.read_text() == text


@pytest.mark.parametrize("form", READ)
def test_a_missing_file_has_no_rows(tmp_path, form):
    (tmp_path / "empty").touch()

    assert READ[form](tmp_path / "none") == READ[form](tmp_path / "empty") == EarlierRows()


@pytest.mark.parametrize("name", ["a\rb.jpg", "=1+1.jpg", "@a.jpg", "-a.jpg", "'=a.jpg", "\x1b[2J"])
@pytest.mark.parametrize("form", READ)
def test_unusual_names_are_read_as_written(tmp_path, form, name):
    path = tmp_path / f"rows.{form}"
    found = describe_predictions(
        [Path(name)], np.array([[0.5, 0.5]]), {0: "it is empty."}, classes=["a", "b"], top_k=1
    )
    with path.open("w", newline="") as file:
        WRITE[form](file)(found)

    assert READ[form](path) == EarlierRows(paths=frozenset({name}), bad=1)


def test_csv_rows_cannot_control_a_terminal():
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    found = describe_predictions(
        [Path("a\x1b[2J.jpg")], np.array([[0.5, 0.5]]), {}, classes=["a", "b"], top_k=1
    )

    csv_rows(screen := Screen(), top_k=1)(found)

    assert screen.getvalue().splitlines()[0] == ",".join(columns(1))
    assert screen.getvalue().splitlines()[1].startswith(r"a\x1b[2J.jpg,")
