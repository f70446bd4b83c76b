from __future__ import annotations

from datetime import date

import pytest

from transferleaf.errors import RunFolderError
from transferleaf.runs.config import RunConfig
from transferleaf.runs.folder import RunFolder, is_run, run_name

TODAY = date(2026, 1, 31)


@pytest.fixture
def config(tmp_path):
    return RunConfig(data="leaves", name="mine", output=str(tmp_path / "runs"))


def test_a_run_folder_has_date_name_and_configuration(config, tmp_path):
    run = RunFolder.create(config, TODAY)

    assert run.path == tmp_path / "runs" / "2026-01-31-mine"
    assert RunConfig.load(run.config) == config
    assert is_run(run.path)


def test_no_run_is_written_over(config):
    names = [RunFolder.create(config, TODAY).path.name for _ in range(3)]

    assert names == ["2026-01-31-mine", "2026-01-31-mine-2", "2026-01-31-mine-3"]


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"data": "a/Plant Village"}, "Plant-Village-resnet50"),
        ({"data": "leaves.csv", "backbone": "keras_cv:resnet18"}, "leaves-keras_cv-resnet18"),
        ({"data": "leaves", "name": "../../etc"}, "etc"),
        ({"data": "leaves", "name": "Blätter"}, "Blätter"),
        ({"data": "leaves", "name": "?"}, "run"),
    ],
)
def test_its_name_fits_every_file_system(values, name):
    assert run_name(RunConfig(**values)) == name


def test_a_run_is_finished_with_a_model_and_without_a_state(config):
    run = RunFolder.create(config, TODAY)
    run.model.write_bytes(b"a model")
    before = run.finished

    run.state.rmdir()

    assert (before, run.finished) == (False, True)


@pytest.mark.parametrize(
    ("name", "told"), [("empty", "contains no config.toml"), ("nowhere", "is not a folder")]
)
def test_another_folder_is_not_a_run(tmp_path, name, told):
    (tmp_path / "empty").mkdir()

    with pytest.raises(RunFolderError) as caught:
        RunFolder.open(tmp_path / name)

    expected = "name the folder of a run, such as runs/2026-01-31-x."
    assert str(caught.value) == f"{str(tmp_path / name)!r} {told}; {expected}"
