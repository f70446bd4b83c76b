from __future__ import annotations

from datetime import date

import pytest
from typer.testing import CliRunner

from tests.reports.html.examples import two_classes
from transferleaf.cli import app
from transferleaf.runs.config import RunConfig
from transferleaf.runs.folder import RunFolder


@pytest.fixture
def run():
    """Runs the command in this process."""

    def call(*arguments: object):
        words = ["card", *map(str, arguments)]
        return CliRunner().invoke(app, words, env={"COLUMNS": "160", "TERM": "dumb"})

    return call


@pytest.fixture
def judged(tmp_path):
    """A run folder with a report."""
    config = RunConfig(data="leaves", name="mine", output=str(tmp_path))
    folder = RunFolder.create(config, date(2026, 1, 31))
    two_classes().save(folder.report)
    return folder


def test_the_card_of_a_run_goes_to_stdout(run, judged):
    answer = run(judged.path)

    assert answer.exit_code == 0
    assert answer.stdout == two_classes().to_markdown() + "\n"


def test_the_card_of_a_report_goes_to_a_file(run, judged, tmp_path):
    answer = run(judged.report, "--output", tmp_path / "MODEL_CARD.md")

    assert answer.stderr == f"Written to {tmp_path / 'MODEL_CARD.md'}\n"
    assert (tmp_path / "MODEL_CARD.md").read_text() == two_classes().to_markdown()


def test_a_model_without_a_report_needs_photos(run, tmp_path):
    answer = run(tmp_path / "leaf.keras")

    assert answer.exit_code == 2
    told = " ".join(answer.output.replace("│", " ").split())
    assert "name a FOLDER of photos to evaluate it on; only a run has a report" in told


def test_a_run_without_a_report_says_so(run, judged):
    judged.report.unlink()

    answer = run(judged.path)

    assert answer.exit_code == 1
    assert "cannot be opened (No such file or directory)" in answer.stderr
