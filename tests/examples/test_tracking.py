from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

# Makes both packages look uninstalled.
HIDDEN = """
import runpy, sys
from importlib import util
found = util.find_spec
util.find_spec = lambda name: None if name in ("mlflow", "wandb") else found(name)
sys.argv = ["examples/tracking.py", *sys.argv[1:]]
runpy.run_path("examples/tracking.py", run_name="__main__")
"""


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", HIDDEN, *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "", "COLUMNS": "160"},
    )


def test_tensorboard_gets_curves_of_drawn_leaves(tmp_path):
    words = ["--image-size", "32", "--epochs", "1"]
    done = run(*words, "--logs", str(tmp_path / "logs"), "--cache", str(tmp_path / "cache"))

    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "logs").iterdir()) == ["train", "validation"]
    right, where = done.stdout.splitlines()[-2:]
    assert right.endswith("% of the test photos right")
    assert where == f"Look at it with: tensorboard --logdir {tmp_path / 'logs'}"


@pytest.mark.parametrize("package", ["mlflow", "wandb"])
def test_a_missing_package_is_reported_with_its_extra(package):
    done = run(f"--{package}")

    assert done.returncode == 1
    assert done.stdout == (
        f"The package {package} is not installed; pip install {package} installs it.\n"
    )
