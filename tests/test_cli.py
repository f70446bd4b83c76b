from __future__ import annotations

import sys

import keras
import pytest
from typer.testing import CliRunner

from transferleaf import cli
from transferleaf.cli import app


@pytest.fixture
def run():
    """Runs the command line in this process."""

    def call(*arguments: str):
        return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "120"})

    return call


def test_without_a_verb_help_is_shown(run):
    answer = run()

    assert "Leaf photos in folders in" in answer.output
    assert "demo" in answer.output


def test_backbones_are_listed_by_pattern(run):
    answer = run("backbones", "efficientnet_lite*")

    assert answer.exit_code == 0
    assert "efficientnet_lite0" in answer.output
    assert "resnet50" not in answer.output


def test_the_demo_trains_saves_and_says_how_well_and_what_next(run, tmp_path):
    answer = run("demo", str(tmp_path), "--photos-per-class", "10")

    assert answer.exit_code == 0
    assert "Proved: the plan was kept." in answer.output
    assert "Trained the head of a frozen efficientnet_lite0" in answer.output
    assert "Next" in answer.output
    model = keras.saving.load_model(tmp_path / "leaf.keras")
    assert f"of {len(model.classes)} classes" in answer.output


def test_an_error_of_ours_is_one_message_and_exit_code_1(monkeypatch, capsys, tmp_path):
    (tmp_path / "leaves").mkdir()
    (tmp_path / "leaves" / "notes.txt").write_text("mine")
    monkeypatch.setattr(sys, "argv", ["transferleaf", "demo", str(tmp_path)])

    with pytest.raises(SystemExit) as caught:
        cli.main()

    told = capsys.readouterr().err
    assert caught.value.code == 1
    assert told.startswith("error: ")
    assert "Traceback" not in told
