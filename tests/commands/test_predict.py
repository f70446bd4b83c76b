from __future__ import annotations

import csv
import io
import json
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.datasets.shut import shut
from transferleaf.cli import app
from transferleaf.commands import predict as predict_command
from transferleaf.predictions import describe_predictions


class Guesser:
    """Replaces the classifier: predicts rust for each photo that is not named bad."""

    def __init__(self):
        self.batches = []
        self.verdict = "sure"

    def predict_photos(self, paths, *, top_k, batch_size):
        self.batches.append(len(paths))
        return describe_predictions(
            paths,
            np.tile([0.75, 0.25], (len(paths), 1)),
            {row: "it is empty." for row, path in enumerate(paths) if "bad" in path.name},
            classes=["Bean___rust", "Bean___healthy"],
            top_k=top_k,
            verdicts=[self.verdict] * len(paths),
        )


@pytest.fixture
def guesser(monkeypatch):
    model = Guesser()
    monkeypatch.setattr(predict_command, "open_model", lambda path, trust: model)
    return model


@pytest.fixture
def run(guesser):
    """Runs the command in this process, with optional names of photos on stdin."""

    def call(*arguments: object, stdin: str = "", columns: int = 120):
        words = ["predict", "leaf.keras", *map(str, arguments)]
        settings = {"COLUMNS": str(columns), "TERM": "dumb"}
        return CliRunner().invoke(app, words, input=stdin, env=settings)

    return call


def test_by_default_a_table_is_printed(run):
    answer = run("1.jpg", "2.jpg")

    assert answer.exit_code == 0
    row = next(line for line in answer.stdout.splitlines() if "1.jpg" in line)
    assert row.split() == ["1.jpg", "Bean___rust", "75.0%", "sure"]
    assert answer.stderr == "2 photos\n"


def test_more_classes_are_separate_lines(run):
    answer = run("1.jpg", "-k", 2)

    lines = [line.split() for line in answer.stdout.splitlines() if "%" in line]
    assert lines == [["1.jpg", "Bean___rust", "75.0%", "sure"], ["Bean___healthy", "25.0%"]]


@pytest.mark.parametrize("columns", [80, 300])
def test_a_long_path_is_a_line_that_can_be_copied(run, columns):
    path = f"photos/{'2026-01-31/' * 8}Apple___Rust/leaf0001_photo1.jpg"

    answer = run(path, columns=columns)

    lines = answer.stdout.splitlines()
    assert lines[0] == path
    assert "Bean___rust" in answer.stdout
    assert max(map(len, lines[1:])) <= 100


def test_the_verdicts_that_occur_are_explained(run, guesser):
    guesser.verdict = "uncalibrated"

    answer = run("1.jpg")

    assert answer.stderr == (
        "1 photo\nuncalibrated: the precision of the predictions is not known.\n"
    )


def test_json_is_a_list_of_the_same_objects(run, tmp_path):
    run("1.jpg", "bad.jpg", "--json", tmp_path / "found.json", "--jsonl", tmp_path / "lines")

    found = json.loads((tmp_path / "found.json").read_text())
    assert found == [json.loads(line) for line in (tmp_path / "lines").read_text().splitlines()]


def test_json_lines_are_alone_on_stdout(run):
    answer = run("1.jpg", "bad.jpg", "--jsonl", "-", "--top-k", "1")

    assert [json.loads(line) for line in answer.stdout.splitlines()] == [
        {
            "path": "1.jpg",
            "label": "Bean___rust",
            "probability": 0.75,
            "verdict": "sure",
            "crop": "Bean",
            "disease": "rust",
            "healthy": False,
            "top": [["Bean___rust", 0.75]],
            "error": None,
        },
        {
            **dict.fromkeys(["label", "probability", "verdict", "crop", "disease", "healthy"]),
            "path": "bad.jpg",
            "top": [],
            "error": "it is empty.",
        },
    ]


def test_csv_and_json_lines_can_be_written_together(run, tmp_path):
    files = ("--csv", tmp_path / "a.csv", "--jsonl", tmp_path / "a.jsonl")
    run("1.jpg", "bad.jpg", *files, "-k", 2)

    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text())))
    assert [(row["path"], row["label"], row["error"]) for row in rows] == [
        ("1.jpg", "Bean___rust", ""),
        ("bad.jpg", "", "it is empty."),
    ]
    assert (rows[0]["label_2"], rows[0]["probability_2"]) == ("Bean___healthy", "0.25")
    assert "top" not in rows[0]
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 2


def test_a_photo_without_a_prediction_ends_with_1(run):
    answer = run("1.jpg", "bad.jpg")

    assert answer.exit_code == 1
    assert "error: it is empty." in answer.stdout
    assert answer.stderr == "2 photos, 1 of them without a prediction\n"


def test_photos_are_predicted_in_batches(run, guesser, monkeypatch):
    monkeypatch.setattr(predict_command, "BATCH", 2)

    answer = run("-", "--csv", "-", stdin="".join(f"{number}.jpg\n" for number in range(5)))

    assert guesser.batches == [2, 2, 1]
    assert [line.split(",")[0] for line in answer.stdout.splitlines()] == [
        "path",
        *(f"{number}.jpg" for number in range(5)),
    ]


@pytest.mark.parametrize("option", ["--csv", "--jsonl"])
def test_an_interrupted_call_continues_with_the_missing_photos(run, guesser, tmp_path, option):
    place, whole = tmp_path / "rows", tmp_path / "whole"
    run("1.jpg", "bad.jpg", option, place)
    guesser.batches.clear()

    answer = run("1.jpg", "bad.jpg", "3.jpg", "4.jpg", option, place, "--resume")

    run("1.jpg", "bad.jpg", "3.jpg", "4.jpg", option, whole)
    assert guesser.batches == [2, 4]
    assert place.read_text() == whole.read_text()
    assert answer.exit_code == 1
    assert answer.stderr == "4 photos, 1 of them without a prediction\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "--resume continues one file: that of --csv or of --jsonl"),
        (["--csv", "-"], "--resume continues one file"),
        (["--csv", "a.csv", "--jsonl", "a.jsonl"], "--resume continues one file"),
        (["--parquet", "found"], "--parquet continues by itself; leave out --resume"),
    ],
)
def test_only_one_file_can_be_continued(run, guesser, options, message):
    answer = run("1.jpg", *options, "--resume")

    assert answer.exit_code == 2
    assert guesser.batches == []
    assert message in " ".join(answer.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ["--csv", "-", "--jsonl", "-"],
            "only one of --csv, --jsonl and --json can be written to stdout",
        ),
        (["--top-k", "0"], "Invalid value for '--top-k'"),
        (["--depth"], "No such option"),
    ],
)
def test_wrong_usage_ends_with_2(run, guesser, options, told):
    answer = run("1.jpg", *options)

    assert answer.exit_code == 2
    assert guesser.batches == []
    assert told in " ".join(answer.output.replace("│", " ").split())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--on", "ray"], "--on needs --parquet FOLDER, which workers can write to"),
        (["--parquet", "found", "--csv", "-"], "--parquet is written alone"),
    ],
)
def test_options_of_bulk_work_that_do_not_fit_are_refused(run, options, message):
    answer = run("1.jpg", *options)

    assert answer.exit_code == 2
    assert message in answer.stderr


def test_missing_packages_are_reported_before_the_network_is_loaded(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # makes its import fail
    monkeypatch.setattr(predict_command, "open_classifier", None)

    answer = run("1.jpg", "--parquet", "found")

    assert answer.exit_code == 1
    assert 'pip install "transferleaf[ray]" installs it' in answer.stderr


def test_an_empty_word_is_not_the_current_folder(run, guesser, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "1.jpg").touch()

    answers = [run(""), run("1.jpg", "--csv=")]

    assert [answer.exit_code for answer in answers] == [2, 2]
    assert guesser.batches == []
    assert "an argument is empty" in answers[0].output


def test_files_without_a_photo_extension_are_listed_once(run, tmp_path):
    for name in ("1.jpg", "2.JPE", "3.jpg_large", "notes.txt"):
        (tmp_path / name).touch()

    answer = run(tmp_path, "--jsonl", "-")

    assert [json.loads(line)["path"] for line in answer.stdout.splitlines()] == [
        str(tmp_path / "1.jpg"),
        str(tmp_path / "2.JPE"),
    ]
    assert answer.stderr.splitlines()[-1] == (
        f"2 files without the ending of a photo left out: '{tmp_path}/3.jpg_large', "
        f"'{tmp_path}/notes.txt'"
    )


def test_an_unreadable_folder_has_no_prediction_and_exit_code_1(
    run, guesser, tmp_path, monkeypatch
):
    for name in ("open/1.jpg", "shut-as-bad/2.jpg"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    shut(monkeypatch, tmp_path / "shut-as-bad")

    answer = run(tmp_path, "--jsonl", "-")

    assert answer.exit_code == 1
    assert [json.loads(line)["path"] for line in answer.stdout.splitlines()] == [
        str(tmp_path / "open/1.jpg"),
        str(tmp_path / "shut-as-bad"),
    ]
