"""The code of connected pages runs from top to bottom, on fewer and smaller photos."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.docs.pages import ROOT
from transferleaf.cli import app

sys.path.insert(0, str(ROOT / "docs"))
from record import Step, filled, steps_of

TUTORIAL = (ROOT / "docs" / "tutorial" / "index.md").read_text(encoding="utf-8")
CLASSIFIER = (ROOT / "docs" / "reference" / "classifier.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
CROPS = ("Apple___Rust", "Apple___healthy", "Bean___Rust", "Bean___healthy")
PAGE = """
```sh
pip install transferleaf
transferleaf doctor
```

<!-- output: first 2, last 1 -->
```text
old
```

```python
print(1)
```
"""


@pytest.fixture
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRANSFERLEAF_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.slow
def test_the_tutorial_can_be_followed(empty_folder):
    draw_few = ("photos_per_class=40", f"photos_per_class=16, image_size=64, classes={CROPS}")
    names = {}

    for step in steps_of(TUTORIAL):
        if step.language == "python":
            exec(step.text.replace(*draw_few), names)
        for line in step.text.splitlines() if step.language == "sh" else ():
            _type(line)

    (run,) = empty_folder.glob("runs/*-first")
    assert (run / "report.html").stat().st_size > 10_000
    assert len(list((empty_folder / "why").iterdir())) == 16


@pytest.mark.slow
def test_the_code_of_the_readme_runs(empty_folder):
    fewer = ('"leaves"', f'"leaves", photos_per_class=10, image_size=64, classes={CROPS}')
    smaller = ('backbone="efficientnet_lite0"', 'backbone="efficientnet_lite0", image_size=64')
    names = {}

    for step in steps_of(README):
        if step.language == "python":
            exec(step.text.replace(*fewer).replace(*smaller), names)

    assert (empty_folder / "report.html").stat().st_size > 10_000
    assert {path.name for path in empty_folder.glob("*.??*")} >= {"why.png"}
    assert (empty_folder / "leaf_model" / "saved_model.pb").is_file()


@pytest.mark.slow
def test_the_examples_of_the_classifier_page_run(empty_folder):
    fewer = ("photos_per_class=20", f"photos_per_class=12, classes={CROPS}")
    names = {}

    for step in steps_of(CLASSIFIER):
        exec(step.text.replace(*fewer), names)

    assert (empty_folder / "report.html").stat().st_size > 10_000
    assert (empty_folder / "why.png").is_file()
    assert (empty_folder / "history.png").is_file()
    assert names["same"].calibration == names["calibration"]


def test_other_commands_are_not_run():
    assert [step.text for step in steps_of(PAGE)] == ["transferleaf doctor\n", "print(1)\n"]


def test_output_is_replaced_and_long_output_is_shortened():
    doctor, code = steps_of(PAGE)

    page = filled(PAGE, [(doctor, "a\nb\nc\nd\ne\n"), (code, "1\n")])

    assert "```text\na\nb\n...\ne\n```" in page
    assert "old" not in page


def test_output_with_one_line_too_many_is_shown_whole():
    step = Step("sh", "transferleaf doctor", first=2, last=1)

    assert step.shown("a\nb\nc\nd\n") == "a\nb\nc\nd\n"


def _type(line: str) -> None:
    """Return a command of the tutorial with smaller photos."""
    words = [
        found
        for word in shlex.split(line)[1:]
        for found in (map(str, Path().glob(word)) if "*" in word else [word])
    ]
    if words[0] in ("advise", "train"):
        words += ["--image-size", "64"]

    answer = CliRunner().invoke(app, words)

    assert answer.exit_code == 0 or words[0] == "audit", answer.output
    assert Path("leaves-drawn").is_dir() or words[0] == "doctor"
