from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.examples.loading import EXAMPLES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def plugin(tmp_path_factory) -> Path:
    """A copy of the package, so that build files are not written to the examples."""
    built = shutil.ignore_patterns("dist", "build", "__pycache__", ".pytest_cache")
    copy = tmp_path_factory.mktemp("plugin") / "plugin_backbone"
    return shutil.copytree(EXAMPLES / "plugin_backbone", copy, ignore=built)


@pytest.fixture(scope="module")
def python(tmp_path_factory, plugin) -> Path:
    """The Python of a new environment in which the plugin is installed.

    It uses the packages of the running environment, so that TensorFlow is not installed again.
    """
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    own = said_by([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip()
    # A line of code instead of a path, so that editable installs are found too.
    running = sysconfig.get_path("purelib")
    (Path(own) / "running.pth").write_text(f"import site; site.addsitedir({running!r})\n")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps"]
    isolation = ["--no-build-isolation"] if find_spec("hatchling") else []
    said_by([*pip, *isolation, plugin])
    return python


def test_an_installed_plugin_is_listed(python):
    assert "mobilenetv2" in said_by([python, "-m", "transferleaf", "backbones", "mobilenetv2"])


def test_it_keeps_the_contract_by_its_own_tests(python, plugin):
    said = said_by([python, "-m", "pytest", "-q", "-p", "no:cacheprovider"], cwd=plugin)

    assert " passed" in said
    assert "skipped" not in said


def said_by(command: list[object], cwd: Path | None = None) -> str:
    """Return the output of a command. If the command fails, the test fails with its output."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
