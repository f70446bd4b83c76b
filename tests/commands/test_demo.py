from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from transferleaf.cli import app

pytestmark = pytest.mark.slow


def test_the_demo_trains_saves_and_says_how_well_and_what_next(tmp_path):
    words = ["demo", str(tmp_path), "--photos-per-class", "10"]

    answer = CliRunner().invoke(app, words, env={"COLUMNS": "80"})

    assert answer.exit_code == 0
    assert "Verified: all " in answer.output
    assert "Trained the head of a frozen efficientnet_lite0" in answer.output
    assert "…" not in answer.output.partition("Some photos of the test set")[2]  # names are whole
    assert (tmp_path / "report.html").resolve().as_uri() in answer.output
    assert (
        f"of {_classes_in_a_fresh_python(_next(answer.output, 'load it in Python'))} classes"
        in (answer.output)
    )
    program, *words, folder = shlex.split(_next(answer.output, "classify photos"))
    photo = next(Path(folder).glob("*/*.jpg"))
    assert program == "transferleaf"
    assert CliRunner().invoke(app, [*words, str(photo)]).exit_code == 0


def _next(output, what):
    """The line to copy for ``what``."""
    told = output.partition("\nNext\n")[2].splitlines()
    return next(line.partition(what)[2].strip() for line in told if what in line)


def _classes_in_a_fresh_python(line):
    code = f"{line}\nprint(len(clf.classes))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(told.stdout)
