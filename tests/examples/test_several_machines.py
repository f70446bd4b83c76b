from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def test_two_processes_train_as_two_machines_on_drawn_leaves(tmp_path):
    done = subprocess.run(
        [
            *(sys.executable, "examples/several_machines.py", "--batch-size", "12"),
            *("--cache", str(tmp_path / "cache"), "--save", str(tmp_path / "leaf.keras")),
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
    )

    assert done.returncode == 0, done.stderr
    epoch, result = done.stdout.splitlines()[-2:]
    assert epoch.startswith("epoch 1: loss ")
    assert result.startswith("2 machines, ")
    assert (tmp_path / "leaf.keras").exists()
