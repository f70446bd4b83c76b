from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from transferleaf.commands.grammar.models import model_file, open_model
from transferleaf.errors import ModelFileError, RunFolderError
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
