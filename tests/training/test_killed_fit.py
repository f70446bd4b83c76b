"""A killed fit resumes and ends with the same weights as an undisturbed one."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).with_name("killed_fit.py")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGKILL"),
]


def fit(resume: Path, output: Path, *, epoch: int = -1, batch: int = 0) -> int:
    """Run the fit in a separate process. Returns its exit code."""
    arguments = [str(resume), str(output), str(epoch), str(batch)]
    return subprocess.run([sys.executable, str(SCRIPT), *arguments], check=False).returncode


def test_a_killed_fit_resumes_and_ends_with_the_same_weights(tmp_path):
    whole, killed = tmp_path / "whole.npz", tmp_path / "killed.npz"
    assert fit(tmp_path / "a", whole) == 0

    kills = [(-1, -1), (1, 1), (1, 2)]  # before the solved head is saved, and twice in one epoch
    codes = [fit(tmp_path / "b", killed, epoch=epoch, batch=batch) for epoch, batch in kills]
    codes.append(fit(tmp_path / "b", killed))

    assert codes == [-signal.SIGKILL] * 3 + [0]
    with np.load(whole) as expected, np.load(killed) as found:
        for name in expected.files:
            np.testing.assert_array_equal(found[name], expected[name], err_msg=name)
        assert len(found["loss"]) == 3


def test_a_finished_fit_is_not_run_again(tmp_path):
    first, again = tmp_path / "first.npz", tmp_path / "again.npz"
    assert fit(tmp_path / "fit", first) == 0

    # It would be killed in its first epoch if it started one.
    assert fit(tmp_path / "fit", again, epoch=0, batch=-1) == 0

    with np.load(first) as expected, np.load(again) as found:
        for name in expected.files:
            np.testing.assert_array_equal(found[name], expected[name], err_msg=name)
