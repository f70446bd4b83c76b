from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from transferleaf.cli import app
from transferleaf.datasets import open_leaves
from transferleaf.reviewing.journal import Journal


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the command in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object):
        words = ["review", *map(str, arguments)]
        return CliRunner().invoke(app, words, env={"COLUMNS": "120", "TERM": "dumb"})

    return call


@pytest.fixture
def leaves(tmp_path):
    """Twelve photos of two classes; one is there under both labels, and one is broken."""
    rng = np.random.default_rng(0)
    for number in range(12):
        path = tmp_path / f"leaves/{'ab'[number % 2]}/{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = rng.integers(0, 256, size=(64, 64, 3), dtype=np.uint8)
        Image.fromarray(noise).save(path)
    (tmp_path / "leaves/a/98.png").write_bytes((tmp_path / "leaves/b/1.png").read_bytes())
    (tmp_path / "leaves/b/99.png").write_bytes(b"")
    return tmp_path / "leaves"


def test_the_questions_are_listed_without_a_page(run, leaves):
    answer = run(leaves, "--no-features", "--list")

    assert answer.exit_code == 0
    assert "b/1.png" in answer.output
    assert "The same file is also labelled a." in answer.output
    assert "The file cannot be read as a photo: the file is empty." in answer.output
    assert "2 questions" in answer.output
    assert not Path("leaves-review").exists()


def test_the_questions_are_written_as_json(run, leaves):
    answer = run(leaves, "--no-features", "--limit", 1, "--json", "-")

    [row] = json.loads(answer.stdout)
    assert row["kind"] == "label"
    assert {Path(row["file"]).name, Path(row["compare_with"]).name} == {"1.png", "98.png"}
    assert row["proposed_decision"] == "drop"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--output", "leaves/review"], "lies among the photos"),
        (["photo.jpg"], "is no run folder and no .keras file"),
        (["--backbone", "resnet51"], "resnet51"),
        (["--limit", "0"], "Invalid value for '--limit'"),
        (["--layout", "nonsense"], "--layout nonsense must be a Layout or one of"),
    ],
)
def test_words_that_cannot_work_are_refused_before_any_photo_is_read(run, leaves, words, told):
    answer = run(leaves, *words, "--list")

    assert answer.exit_code == 2
    assert told in " ".join(answer.output.replace("│", " ").split())


def test_a_model_needs_photos(run, tmp_path):
    answer = run(tmp_path / "leaf.keras")

    assert answer.exit_code == 2
    assert "name new photos after the model" in answer.output


def test_a_folder_that_does_not_exist_is_one_message(run):
    answer = run("nowhere", "--list")

    assert answer.exit_code == 1
    assert "'nowhere' does not exist" in answer.output


def test_a_folder_of_somebody_elses_files_is_left_alone(run, leaves, tmp_path):
    pytest.importorskip("starlette", reason="the extra serve is not installed")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")

    answer = run(leaves, "--no-features", "--no-open", "--output", tmp_path / "mine")

    assert answer.exit_code == 1
    assert "holds files and no review" in answer.output


def test_a_review_that_is_open_elsewhere_is_said(run, leaves):
    pytest.importorskip("starlette", reason="the extra serve is not installed")
    with Journal(Path("leaves-review"), subject="data"):
        answer = run(leaves, "--no-features", "--no-open")

    assert answer.exit_code == 1
    assert "is in use by another transferleaf review" in answer.output


def test_the_extra_is_asked_for_before_work_begins(run, leaves, monkeypatch):
    monkeypatch.setattr("transferleaf.pages.site.needs.find_spec", lambda name: None)

    answer = run(leaves, "--no-features")

    assert answer.exit_code == 1
    assert 'pip install "transferleaf[serve]" installs it' in answer.output


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is a signal elsewhere only")
def test_decisions_outlive_ctrl_c_and_a_kill_and_become_a_data_set(leaves, tmp_path):
    pytest.importorskip("starlette", reason="the extra serve is not installed")
    key = "quality:b/99.png"

    with Served(leaves, tmp_path) as first:
        assert ask(first.port, "/api/decisions", {"key": key, "action": "drop"})[0] == 200
        first.process.kill()
    with Served(leaves, tmp_path) as second:
        told = json.loads(ask(second.port, "/api/review")[1])
        decisions = {each["key"]: each["decision"] for each in told["questions"]}
        assert decisions[key]["action"] == "drop"
        second.process.send_signal(signal.SIGINT)
        rest, _ = second.process.communicate(timeout=60)

    assert second.process.returncode == 130
    assert "goes on: 1 decision made" in second.told
    assert "transferleaf train leaves-review/reviewed.csv" in rest
    assert len(open_leaves(tmp_path / "leaves-review" / "reviewed.csv")) == 13


class Served:
    """A server of a review in a process of its own."""

    def __init__(self, leaves, folder):
        words = ["review", leaves.name, "--no-features", "--no-open", "--by", "ann"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "transferleaf", *words],
            cwd=folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "COLUMNS": "120", "TERM": "dumb"},
        )
        self.told = ""
        while "Ctrl-C" not in self.told:
            line = self.process.stdout.readline()
            assert line, self.told
            self.told += line
        self.port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", self.told)[1])

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.communicate()


def ask(port, path, body=None):
    """The status and the text of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"content-type": "application/json"}
    connection.request("POST" if body else "GET", path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text
