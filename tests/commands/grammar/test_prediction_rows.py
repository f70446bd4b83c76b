"""Tables of predictions on a terminal."""

from __future__ import annotations

import io
from pathlib import Path

from transferleaf.commands.grammar.prediction_rows import table_rows
from transferleaf.predictions import no_prediction
from transferleaf.terminal import Terminal


def test_a_path_too_long_for_a_table_is_shown_with_all_its_characters():
    shown = io.StringIO()
    path = Path("photos" * 20, "two\rlines\x1b[2J.png")

    table_rows(Terminal(file=shown, width=60))([no_prediction(path, "it is damaged")])

    assert f"{path.parent}/two\\rlines\\x1b[2J.png\n" in shown.getvalue()
