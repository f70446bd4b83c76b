from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from rich.console import Console
from typer.testing import CliRunner

from transferleaf.cli import app
from transferleaf.commands.train import verbosity
from transferleaf.errors import SplitError
from transferleaf.runs.config import RunConfig
from transferleaf.runs.folder import RunFolder


@pytest.fixture
def asked(monkeypatch):
    """Replaces the training. Gives the list of its calls."""
    calls = []

    class Prepared:
        split = "the split"

    class Result:
        def __init__(self, run):
            self.run = run

        def to_dict(self):
            return {"run": str(self.run.path), "accuracy": 0.9}

    def prepare(config):
        calls.append(config)
        if config.name == "few":
            raise SplitError(3, leaves={"a": 2})
        return Prepared()

    def train_run(prepared, run, log, *, verbose):
        if run.path.name.endswith("stopped"):
            raise KeyboardInterrupt
        if run.path.name.endswith("failed"):
            raise ValueError("no")
        return Result(run)

    for name, function in (("preparing", prepare), ("training", train_run)):
        module = ModuleType(f"transferleaf.runs.{name}")
        setattr(module, function.__name__, function)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr("transferleaf.commands.train.start_tensorflow_quietly", lambda: None)
    return calls


@pytest.fixture
def run(asked, monkeypatch, tmp_path):
    """Runs the command in an empty folder with photos next to it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leaves").mkdir()

    def call(*arguments: object):
        words = ["train", *map(str, arguments)]
        return CliRunner().invoke(app, words, env={"COLUMNS": "160", "TERM": "dumb"})

    return call


def only_run() -> RunFolder:
    (path,) = Path("runs").iterdir()
    return RunFolder(path)


def test_a_run_says_where_it_is_and_what_to_do_next(run):
    answer = run("leaves", "--name", "mine")

    assert answer.exit_code == 0
    folder = only_run().path
    lines = answer.output.splitlines()
    assert f"The run is in {folder}" in lines
    assert f"  classify photos            transferleaf predict {folder} PHOTOS" in lines


def test_options_and_paths_in_full_are_kept_in_the_configuration(run, asked, tmp_path):
    words = ["-f", "III", "-e", 2, "--batch-size", 16, "--learning-rate", 0.001]
    words += ["--time-limit", "10m"]
    run("leaves", *words, "--augment", "leaf", "--val", 0.1, "--precision", 0.9, "--no-report")

    config = RunConfig(
        data=str(tmp_path / "leaves"),
        freeze="III",
        epochs=2,
        time_limit=600.0,
        batch_size=16,
        learning_rate=0.001,
        augment="leaf",
        precision=0.9,
        val=0.1,
        report=False,
    )
    assert asked == [config]
    assert RunConfig.load(only_run().config) == config


def test_a_configuration_is_repeated_and_options_change_it(run, asked):
    run("leaves", "--seed", "3", "--name", "mine")

    run("--config", only_run().config, "--seed", "4")

    assert [(config.seed, config.name) for config in asked] == [(3, "mine"), (4, "mine")]


def test_an_interrupted_run_says_how_to_continue_and_does(run, asked):
    stopped = run("leaves", "--name", "stopped")
    folder = only_run().path

    run("--resume", folder)

    assert stopped.exit_code == 130
    assert stopped.output.splitlines()[-1] == (
        f"Stopped. Continue with: transferleaf train --resume {folder}"
    )
    assert asked[0] == asked[1]
    assert only_run().path == folder


def test_what_fails_is_in_the_log(run):
    answer = run("leaves", "--name", "failed")

    assert answer.exit_code == 1
    assert only_run().log.read_text().splitlines()[-1].endswith("failed: ValueError: no")


def test_a_run_that_cannot_start_leaves_no_folder(run):
    answer = run("leaves", "--name", "few")

    assert answer.exit_code == 1
    assert "each of 3 parts needs a leaf of every class, but 'a' has 2" in answer.output
    assert not Path("runs").exists()


def test_json_on_stdout_is_alone_there(run):
    answer = run("leaves", "--json", "-")

    assert json.loads(answer.stdout) == {"run": str(only_run().path), "accuracy": 0.9}
    assert "The run is in" in answer.stderr


@pytest.mark.parametrize(
    ("console", "verbose"),
    [
        (Console(force_terminal=True, no_color=False), 1),
        (Console(force_terminal=True, no_color=True), 2),
        (Console(force_terminal=False), 2),
    ],
    ids=["a terminal", "one without colours", "a file"],
)
def test_progress_bars_are_only_drawn_on_a_terminal(console, verbose):
    assert verbosity(console) == verbose


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "name a FOLDER of photos, or a --config"),
        (["leaves", "--freeze", "V"], "--freeze V must be one of auto, I, II, III, IV, head."),
        (
            ["leaves", "--resume", "x"],
            "--resume continues the run as it was started; leave out the rest",
        ),
        (["leaves", "--val", "1.5"], "--val 1.5 must be in (0, 1)."),
        (["leaves", "--precision", "95"], "--precision 95.0 must be in (0, 1)."),
        (
            ["leaves", "--freeze", "head", "--learning-rate", "0.1"],
            "--learning-rate 0.1 must be absent with freeze = 'head', which has no gradient "
            "epochs.",
        ),
        (["leaves", "--epochs", "0"], "Invalid value for '--epochs'"),
    ],
)
def test_wrong_usage_ends_with_2(run, asked, words, told):
    answer = run(*words)

    assert answer.exit_code == 2
    assert asked == []
    assert told in " ".join(answer.output.replace("│", " ").split())


def test_a_finished_run_is_not_continued(run):
    run("leaves", "--name", "mine")
    folder = only_run()
    folder.model.touch()
    folder.state.rmdir()

    answer = run("--resume", folder.path)

    assert answer.exit_code == 2
    assert "is finished; --config repeats it" in " ".join(answer.output.replace("│", "").split())
