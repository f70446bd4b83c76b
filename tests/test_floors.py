"""The oldest releases that pyproject.toml allows can be installed together."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.version import Version

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
OLDEST_PYTHON = "3.10"

# tomllib does not exist in Python 3.10. Each requirement is on a separate line.
_FLOOR = re.compile(r'^  "([\w.-]+)[><=]=([\w.]+)', re.MULTILINE)


def floors() -> dict[str, Version]:
    """Return the lowest version of each direct dependency."""
    needed = PROJECT.read_text("utf-8").partition("\ndependencies = [")[2].partition("\n]")[0]
    return {name.lower(): Version(version) for name, version in _FLOOR.findall(needed)}


def resolved() -> dict[str, Version]:
    """Return the versions that the resolver selects as the oldest ones, by name."""
    command = [sys.executable, "-m", "uv", "pip", "compile", str(PROJECT), "--quiet"]
    command += ["--resolution", "lowest-direct", "--python-version", OLDEST_PYTHON]
    command += ["--no-header", "--no-annotate"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if done.returncode:
        if "No solution found" in done.stderr and "network" not in done.stderr:
            pytest.fail(done.stderr)
        pytest.skip(f"no package index to ask: {done.stderr.strip()[-200:]}")
    pinned = (line.partition(" ")[0].partition("==") for line in done.stdout.splitlines())
    return {name: Version(version) for name, _, version in pinned}


def test_every_package_that_the_project_needs_has_a_floor():
    needed = PROJECT.read_text("utf-8").partition("\ndependencies = [")[2].partition("\n]")[0]

    assert len(floors()) == needed.count("\n  ") >= 16


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("uv") is None, reason="uv is not installed")
def test_the_floors_can_be_installed_together():
    found = resolved()

    assert {name: found[name] for name in floors()} == floors()
