"""Names from outside are displayed safely, and CSV restores them unchanged."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transferleaf.text.strangers_text import csv_cells, csv_line, in_one_line, visible

# A cleared screen, a window title, a reversed name, a hidden line, half of a surrogate pair.
HOSTILE = ["a\x1b[2Jb", "\x1b]0;title\x07", "gpj.\u202efael", "one\rtwo", "\x9b31m", "\ud800"]


@pytest.mark.parametrize("name", HOSTILE)
def test_visible_text_has_no_control_characters(name):
    assert visible(name).isprintable()


@pytest.mark.parametrize("name", ["잎 사진.jpg", "गेहूँ\u200d", "feuille é.png", "a\nb\tc"])
def test_words_of_every_language_stay_as_they_are(name):
    assert visible(name) == name


def test_similar_characters_are_distinguished():
    assert visible("leaf\u202e.jpg") == "leaf\\u202e.jpg" != "leaf.jpg"


def test_a_name_of_several_lines_is_one_line():
    assert in_one_line("late\n\n  blight\x1b[0m") == "late blight\\x1b[0m"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-leaf.jpg", "@SUM(A1)", "\t=1", "\r=1", "'=1"])
def test_no_cell_is_a_formula_and_each_is_read_again(name):
    (row,) = csv.reader(io.StringIO(csv_line([name, "leaf"]), newline=""))

    assert row[0] == f"'{name}"
    assert csv_cells(row) == [name, "leaf"]


def test_numbers_stay_numbers():
    assert csv_line([-0.5, None, 3]) == "-0.5,,3\n"


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4))
def test_rows_with_any_names_are_restored(rows):
    text = "".join(map(csv_line, rows))

    assert [csv_cells(row) for row in csv.reader(io.StringIO(text, newline=""))] == rows
