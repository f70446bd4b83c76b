from __future__ import annotations

import json
import zipfile
from types import SimpleNamespace

import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.reports.html.examples import two_classes
from transferleaf.cli import app
from transferleaf.commands import evaluate as evaluate_command


@pytest.fixture
def sizes():
    """The batch sizes that were passed to the classifier."""
    return []


@pytest.fixture
def asked(monkeypatch, sizes):
    """Replaces the classifier. Gives the list of the sets that it evaluated."""
    calls = []

    def report(sets, *, label_map, command, swap_backgrounds, batch_size, verbose):
        calls.append({name: len(data) for name, data in sets.items()})
        sizes.append(batch_size)
        return two_classes()

    classifier = SimpleNamespace(classes=two_classes().classes, report=report)
    monkeypatch.setattr(evaluate_command, "open_model", lambda path, trust: classifier)
    return calls


@pytest.fixture
def run(asked, monkeypatch, tmp_path):
    """Runs the command next to two folders of photos."""
    for name in ("lab", "field"):
        for number in range(4):
            path = tmp_path / f"{name}/{'ab'[number % 2]}/{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (8, 8)).save(path)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str):
        words = ["evaluate", "leaf.keras", *arguments]
        return CliRunner().invoke(app, words, env={"COLUMNS": "160", "TERM": "dumb"})

    return call


@pytest.mark.parametrize(
    ("folders", "sets"),
    [
        (["lab"], {"test": 4}),
        (["lab", "field"], {"lab": 4, "field": 4}),
        (["main=lab", "field"], {"main": 4, "field": 4}),
        (["lab", "again=lab"], {"lab": 4, "again": 4}),
    ],
)
def test_sets_have_the_given_name_or_that_of_the_folder(run, asked, folders, sets):
    answer = run(*folders)

    assert (answer.exit_code, asked) == (0, [sets])
    assert "accuracy" in answer.output


def test_the_report_is_written_in_every_form(run, tmp_path):
    run("lab", "--html", "a.html", "--markdown", "a.md", "--json", "a.json")

    assert (tmp_path / "a.html").read_text().startswith("<!doctype html>")
    assert (tmp_path / "a.md").read_text() == two_classes().to_markdown()
    assert json.loads((tmp_path / "a.json").read_text())["title"] == two_classes().title


def test_json_on_stdout_is_alone_there(run):
    answer = run("lab", "--json", "-")

    assert json.loads(answer.stdout)["title"] == two_classes().title
    assert "accuracy" in answer.stderr


def test_two_sets_with_the_same_name_are_wrong_usage(run, asked):
    answer = run("lab", "./lab")

    assert answer.exit_code == 2
    assert asked == []
    told = " ".join(answer.output.replace("│", " ").split())
    assert "two sets are called 'lab'; write NAME=FOLDER" in told


def test_photos_of_other_classes_are_refused_before_the_model_is_opened(run, asked):
    with zipfile.ZipFile("leaf.keras", "w") as archive:
        archive.writestr("config.json", json.dumps({"config": {"classes": ["oak", "elm"]}}))

    answer = run("lab")

    assert answer.exit_code == 1
    assert asked == []
    assert "none is in common (['a', 'b'] and ['oak', 'elm'])" in answer.output


@pytest.mark.parametrize("word", ["", "lab="])
def test_an_empty_folder_name_is_wrong_usage(run, asked, word):
    answer = run(word)

    assert answer.exit_code == 2
    assert asked == []


def test_the_size_of_batches_can_be_chosen(run, sizes):
    run("lab")
    run("lab", "--batch-size", "8")

    assert sizes == [32, 8]
