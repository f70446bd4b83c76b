from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def test_two_devices_train_on_drawn_leaves(tmp_path):
    # In a separate process, because devices are chosen before TensorFlow starts.
    done = subprocess.run(
        [sys.executable, "examples/several_gpus.py", "--cache", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
    )

    assert done.returncode == 0, done.stderr
    devices, result = done.stdout.splitlines()[-2:]
    assert devices == "2 devices: CPU:0, CPU:1"
    assert result.endswith("test photos right")
