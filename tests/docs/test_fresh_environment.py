"""The commands of the README work in an environment that contains only the package."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks

README = [block for language in ("sh", "python") for block in blocks(language)]
COMMANDS = [
    shlex.split(line, comments=True)
    for block in README
    if block.page == ROOT / "README.md" and block.language == "sh"
    for line in block.text.splitlines()
    if line.startswith("transferleaf ")
]
CODE = [
    block for block in README if block.page == ROOT / "README.md" and block.language == "python"
]
FEW = 'photos_per_class=10, image_size=64, classes=("Apple___Rust", "Apple___healthy")'
DRAW = f"from transferleaf.datasets import draw_leaves; draw_leaves('PlantVillage', {FEW})"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A folder with an environment that contains the wheel and its dependencies."""
    folder = tmp_path_factory.mktemp("fresh")
    uv = [sys.executable, "-m", "uv"]
    wheel = ["build", "--wheel", "--quiet", "--out-dir", str(folder / "wheel"), str(ROOT)]
    subprocess.run([*uv, *wheel], check=True)
    python = folder / "environment" / "bin" / "python"
    made = ["venv", "--quiet", "--python", sys.executable, str(folder / "environment")]
    subprocess.run([*uv, *made], check=True)
    (built,) = (folder / "wheel").glob("*.whl")
    installed = ["pip", "install", "--quiet", "--python", str(python), str(built)]
    subprocess.run([*uv, *installed], check=True)
    return folder


@pytest.fixture(scope="module")
def run(fresh):
    """Runs a command in the fresh environment, in a separate folder, and returns its output."""
    work = fresh / "work"
    work.mkdir()
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment["PATH"] = f"{fresh / 'environment' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment["TRANSFERLEAF_CACHE"] = str(fresh / "cache")

    def call(*words: str) -> str:
        answer = subprocess.run(
            words, cwd=work, env=environment, capture_output=True, text=True, check=False
        )
        # An audit ends with 1 if it finds errors.
        assert answer.returncode == 0 or "audit" in words, answer.stdout + answer.stderr
        return answer.stdout

    call("python", "-c", DRAW)
    (work / "field").symlink_to(work / "PlantVillage" / "Apple___Rust")
    return call


def expanded(words: Iterable[str], folder: Path) -> Iterator[str]:
    """Replace each word with ``*`` by the first paths that it matches, as in a shell."""
    for word in words:
        if "*" not in word:
            yield word
            continue
        paths = sorted(str(path) for path in folder.glob(word))
        assert paths, f"{word} matches nothing"
        yield from paths[:3]


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_of_the_readme_runs(fresh, run, words):
    small = {"demo": ["--photos-per-class", "10"]}

    told = run(*expanded(words, fresh / "work"), *small.get(words[1], []))

    assert told.strip() or words[1] == "audit"


@pytest.mark.slow
@pytest.mark.parametrize("block", CODE, ids=lambda block: block.place)
def test_the_code_of_the_readme_runs(fresh, run, block):
    few = block.text.replace('draw_leaves("leaves")', f'draw_leaves("leaves", {FEW})')

    told = run("python", "-c", few)

    assert "probabilities within" in told
    assert Path(fresh / "work" / "report.html").stat().st_size > 10_000


def test_the_readme_shows_commands_and_code():
    assert {words[1] for words in COMMANDS} == {"demo", "audit", "advise", "train", "predict"}
    assert len(CODE) == 1
