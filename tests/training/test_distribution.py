"""With a distribution strategy, a fit gives the same results as on one device."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def losses():
    """Losses of a fit on one device and on two, for each policy."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.training.mirrored_fit"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("policy", ["head", "late stages", "everything"])
def test_two_devices_share_a_batch_and_give_the_losses_of_one(losses, policy):
    alone, together = losses[policy]

    assert len(alone["loss"]) == 2
    assert together["loss"] == pytest.approx(alone["loss"], rel=1e-5)
    assert together["val_loss"] == pytest.approx(alone["val_loss"], rel=1e-5)
