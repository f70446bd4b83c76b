from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from transferleaf.cli import app
from transferleaf.commands import explain as explain_command
from transferleaf.errors import PhotoError
from transferleaf.explanations import Explanation


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs the command in an empty folder, with a stand-in for the classifier."""

    class Classifier:
        def explain(self, path, *, class_name, method):
            if "bad" in path.name:
                raise PhotoError(path, "it is empty.")
            return Explanation(
                photo=np.zeros((8, 8, 3), np.uint8),
                heatmap=np.ones((8, 8), np.float32),
                class_name=class_name or "Bean___rust",
                probability=0.75,
                rival="Bean___healthy",
                method=method,
                stage=None,
                on_leaf=0.5,
                stage_evidence=(("low", 1.0),),
                bias=0.0,
            )

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(explain_command, "open_classifier", lambda path: Classifier())

    def call(*arguments: str, columns: int = 160):
        words = ["explain", "leaf.keras", *arguments, "--output", "why"]
        return CliRunner().invoke(app, words, env={"COLUMNS": str(columns), "TERM": "dumb"})

    return call


def test_each_photo_gets_a_separate_picture(run, tmp_path):
    answer = run("a/1.jpg", "b/1.jpg")

    assert answer.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "why").iterdir()) == ["1-2.png", "1.png"]
    with Image.open(tmp_path / "why/1.png") as picture:
        assert picture.width > 2 * 400
    assert answer.stdout.splitlines()[:3] == [
        "a/1.jpg",
        "  Bean___rust  75.0%  50% on the leaf",
        "  why/1.png",
    ]


def test_names_of_files_are_whole_lines_on_a_narrow_terminal(run):
    path = f"photos/{'2026-01-31/' * 8}leaf0001_photo1.jpg"

    lines = run(path, columns=40).stdout.splitlines()

    assert path in lines
    assert "  why/leaf0001_photo1.png" in lines


def test_a_photo_that_cannot_be_read_is_a_row_and_exit_code_1(run):
    answer = run("bad.jpg", "1.jpg", "--json", "-")

    bad, good = json.loads(answer.stdout)
    assert answer.exit_code == 1
    assert bad == {"path": "bad.jpg", "error": "it is empty."}
    assert (good["picture"], good["on_leaf"]) == ("why/1.png", 0.5)


def test_class_and_method_are_passed_on(run):
    answer = run("1.jpg", "--class-name", "Mint", "--method", "grad-cam", "--json", "-")

    (row,) = json.loads(answer.stdout)
    assert (row["class_name"], row["method"]) == ("Mint", "grad-cam")


def test_a_file_as_output_folder_is_refused(run, tmp_path):
    (tmp_path / "why").touch()

    answer = run("1.jpg")

    assert answer.exit_code == 2
    assert "'why' is a file" in " ".join(answer.stderr.replace("│", " ").split())
