from __future__ import annotations

import keras
from typer.testing import CliRunner

from transferleaf.cli import app


def test_the_demo_trains_saves_and_says_how_well_and_what_next(tmp_path):
    words = ["demo", str(tmp_path), "--photos-per-class", "10"]

    answer = CliRunner().invoke(app, words, env={"COLUMNS": "300"})

    assert answer.exit_code == 0
    assert "Proved: the plan was kept." in answer.output
    assert "Trained the head of a frozen efficientnet_lite0" in answer.output
    assert (tmp_path / "report.html").resolve().as_uri() in answer.output
    assert "Next" in answer.output
    model = keras.saving.load_model(tmp_path / "leaf.keras")
    assert f"of {len(model.classes)} classes" in answer.output
