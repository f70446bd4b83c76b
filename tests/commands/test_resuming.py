from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from transferleaf.cli import app
from transferleaf.datasets import draw_leaves
from transferleaf.model_files import load_classifier
from transferleaf.runs.folder import RunFolder

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_run_ends_like_an_undisturbed_one(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    draw_leaves(
        Path("leaves"),
        classes=["Bean___Rust", "Tomato___Blight"],
        photos_per_class=12,
        image_size=32,
    )
    words = [
        "train",
        "leaves",
        "--backbone",
        "baseline_cnn",
        "--weights",
        "none",
        "--image-size",
        "32",
    ]
    words += ["--freeze", "II", "--epochs", "3", "--augment", "leaf", "--no-report"]
    process = subprocess.run(
        [sys.executable, "-m", "tests.commands.killed_run", *words, "--name", "killed"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    (killed,) = map(RunFolder, Path("runs").iterdir())
    assert process.returncode == -signal.SIGKILL, process.stderr.decode()
    assert not killed.model.exists()

    resumed = CliRunner().invoke(app, ["train", "--resume", str(killed.path)])
    never_stopped = CliRunner().invoke(app, [*words, "--name", "whole"])

    assert (resumed.exit_code, never_stopped.exit_code) == (0, 0), resumed.output
    (whole,) = (run for run in map(RunFolder, Path("runs").iterdir()) if run != killed)
    weights, expected = (load_classifier(run.model).get_weights() for run in (killed, whole))
    for found, wanted in zip(weights, expected, strict=True):
        np.testing.assert_array_equal(found, wanted)
    assert killed.history.read_text() == whole.history.read_text()
