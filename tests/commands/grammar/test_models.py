from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import transferleaf as tl
from transferleaf.commands.grammar.models import model_file, open_model
from transferleaf.errors import ModelFileError, RunFolderError
from transferleaf.export.formats import FORMATS
from transferleaf.runs.config import RunConfig
from transferleaf.runs.folder import RunFolder


@pytest.fixture
def run(tmp_path):
    config = RunConfig(data="leaves", name="mine", output=str(tmp_path))
    return RunFolder.create(config, date(2026, 1, 31))


def test_a_run_folder_means_its_model(run):
    run.model.write_bytes(b"a model")

    assert model_file(run.path) == run.model


def test_a_run_without_a_model_says_how_to_continue(run):
    with pytest.raises(RunFolderError) as caught:
        model_file(run.path)

    assert str(caught.value) == (
        f"{str(run.path)!r} is a run that has no model yet; "
        f"continue it first: transferleaf train --resume {run.path}."
    )


@pytest.mark.parametrize("name", ["leaf.keras", "leaf.onnx", "saved", "nothing"])
def test_anything_else_is_the_file_itself(tmp_path, name):
    (tmp_path / "saved").mkdir()

    assert model_file(tmp_path / name) == tmp_path / Path(name)


def test_a_missing_file_is_reported_before_tensorflow_starts(monkeypatch, tmp_path):
    def start():
        pytest.fail("TensorFlow takes seconds to start")

    monkeypatch.setattr("transferleaf.commands.grammar.models.start_tensorflow_quietly", start)

    with pytest.raises(ModelFileError) as caught:
        open_model(tmp_path / "leaf.keras")

    assert str(caught.value).endswith("cannot be loaded as a classifier: there is no such file.")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Exports a small classifier."""
    classifier = tl.TransferClassifier(
        classes=["Bean___rust", "Bean___healthy"],
        backbone="baseline_cnn",
        weights=None,
        image_size=64,
    )
    classifier.get_layer("probabilities").bias.assign([0.1, -0.1])  # as if it were trained

    def export(form):
        file = tmp_path_factory.mktemp(form) / f"leaf{FORMATS[form].suffix}"
        classifier.export(file, verify=False)
        return file

    return export


@pytest.mark.slow
@pytest.mark.parametrize("form", ["onnx", "litert", "openvino"])
def test_an_exported_file_opens_without_tensorflow(exported, form):
    pytest.importorskip({"onnx": "onnxruntime", "litert": "ai_edge_litert"}.get(form, form))
    code = (
        "import sys; from pathlib import Path; "
        "from transferleaf.commands.grammar.models import open_model; "
        f"classes = open_model(Path({str(exported(form))!r})).classes; "
        "print(len(classes), 'tensorflow' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert done.stdout == "2 False\n", done.stderr
