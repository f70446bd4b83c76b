"""Tables of predictions on a terminal."""

from __future__ import annotations

import io
from pathlib import Path

from transferleaf.commands.grammar.prediction_rows import table_rows
from transferleaf.predictions import no_prediction
from transferleaf.text.terminal import Terminal


def test_a_path_too_long_for_a_table_is_shown_with_all_its_characters():
    shown = io.StringIO()
    path = Path("photos" * 20, "two\rlines\x1b[2J.png")

    table_rows(Terminal(file=shown, width=60))([no_prediction(path, "it is damaged")])

    assert f"{path.parent}/two\\rlines\\x1b[2J.png\n" in shown.getvalue()


def test_a_block_has_the_path_and_one_line_per_class():
    shown = io.StringIO()
    paths = [Path("photos" * 20, f"{number}.png") for number in range(2)]

    table_rows(Terminal(file=shown, width=80))([no_prediction(path, "no photo.") for path in paths])

    assert [line.strip() for line in shown.getvalue().splitlines()] == [
        *(str(paths[0]), "error: no photo."),
        *(str(paths[1]), "error: no photo."),
    ]
