from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from transferleaf.cli import app
from transferleaf.commands import export as export_command
from transferleaf.drawing import draw_leaves
from transferleaf.export.checking import ExportCheck


@pytest.fixture
def asked(monkeypatch):
    """Replaces the classifier. Gives the list of its calls."""
    calls = []

    class Classifier:
        def export(self, path, format, **options):
            calls.append((path.as_posix(), format, options))
            return ExportCheck(
                path=path, format="any", quantization=None, size_bytes=9, photo_size=None
            )

    monkeypatch.setattr(export_command, "open_classifier", lambda path: Classifier())
    return calls


@pytest.fixture
def run(asked, monkeypatch, tmp_path):
    """Runs the command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str):
        return CliRunner().invoke(app, ["export", *arguments], env={"COLUMNS": "160"})

    return call


@pytest.mark.parametrize(
    ("words", "path", "format"),
    [
        ([], "leaf_saved_model", None),
        (["--format", "onnx"], "leaf.onnx", "onnx"),
        (["--format", "openvino", "--output", "a.xml"], "a.xml", "openvino"),
        (["--output", "a.tflite"], "a.tflite", None),
    ],
)
def test_the_file_is_next_to_the_model_or_at_the_given_path(run, asked, words, path, format):
    if format == "onnx":
        pytest.importorskip("onnx", reason="the extra onnx is not installed")

    answer = run("leaf.keras", *words)

    assert answer.exit_code == 0
    defaults = {
        "quantize": None,
        "photos": None,
        "photo_size": None,
        "verify": True,
        "overwrite": False,
    }
    assert asked == [(path, format, defaults)]


def test_options_are_passed_on(run, asked, tmp_path):
    draw_leaves(
        tmp_path / "leaves",
        classes=["Bean___Rust", "Bean___healthy"],
        photos_per_class=1,
        image_size=32,
    )

    words = ["--photos", "leaves", "--photo-size", "96", "--no-verify", "--overwrite"]
    run("leaf.keras", "--format", "litert", "--int8", *words)

    path, _, options = asked[0]
    assert path == "leaf_int8.tflite"  # next to the one in float
    assert len(options.pop("photos")) == 2
    assert options == {"quantize": "int8", "photo_size": 96, "verify": False, "overwrite": True}


def test_the_comparison_is_available_as_json(run):
    pytest.importorskip("onnx", reason="the extra onnx is not installed")

    answer = run("leaf.keras", "--format", "onnx", "--json", "-")

    assert json.loads(answer.stdout)["path"] == "leaf.onnx"
    assert "leaf.onnx" in answer.stderr


def test_an_unknown_format_is_wrong_usage(run, asked):
    answer = run("leaf.keras", "--format", "tflite")

    assert answer.exit_code == 2
    assert asked == []
    assert "--format tflite must be one of 'saved_model'" in answer.stderr


WRONG = {
    "another suffix": ["--format", "onnx", "--output", "leaf.tflite"],
    "a folder named as a file": ["--format", "saved_model", "--output", "leaf.onnx"],
    "an unknown suffix": ["--output", "leaf.pb"],
    "int8 without photos": ["--format", "litert", "--int8"],
    "int8 elsewhere": ["--format", "onnx", "--int8"],
}


@pytest.mark.parametrize("words", WRONG.values(), ids=list(WRONG))
def test_invalid_options_are_refused_before_the_model_is_opened(run, monkeypatch, words):
    monkeypatch.setattr(export_command, "open_classifier", None)

    assert run("leaf.keras", *words).exit_code == 2


def test_another_existing_file_is_refused_before_the_model_is_opened(run, monkeypatch, tmp_path):
    pytest.importorskip("onnx", reason="the extra onnx is not installed")
    monkeypatch.setattr(export_command, "open_classifier", None)
    (tmp_path / "leaf.onnx").write_text("mine")

    answer = run("leaf.keras", "--format", "onnx")

    assert answer.exit_code == 1
    assert "is not an export of transferleaf" in answer.stderr
