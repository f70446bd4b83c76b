from __future__ import annotations

import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from transferleaf import cli
from transferleaf.cli import app
from transferleaf.files.versions import __version__

VERBS = (
    *("demo", "audit", "review", "advise", "train", "evaluate", "predict", "explain", "serve"),
    *("export", "card", "backbones", "cache", "doctor"),
)


@pytest.fixture
def run():
    """Runs the command line in this process."""

    def call(*arguments: str):
        return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "120", "TERM": "dumb"})

    return call


def test_without_a_verb_help_is_shown(run):
    answer = run()

    assert "Train classifiers of crop diseases" in answer.output
    assert "demo" in answer.output


def test_the_verbs_are_listed_in_the_order_of_use(run):
    lines = run("--help").output.splitlines()

    listed = [line.split()[1] for line in lines if line.startswith("│ ") and line[2] != " "]
    assert [verb for verb in listed if not verb.startswith("-")] == list(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_each_help_ends_with_examples(run, verb):
    answer = run(verb, "--help")

    assert answer.exit_code == 0
    shown = answer.output.partition("Examples:")[2].split("\n")
    commands = [line for line in shown if f"transferleaf {verb}" in line]
    assert len(commands) >= 2


@pytest.mark.parametrize("words", [(), *((verb,) for verb in VERBS)])
def test_help_has_one_style(run, words):
    shown = run(*words, "--help").output

    assert not re.search(r"<(bool|str|path|int|float|list)", shown)
    assert "[default: (" not in shown
    assert "...}" not in shown


@pytest.mark.parametrize("verb", VERBS)
def test_h_is_short_for_help(run, verb):
    assert run(verb, "-h").output == run(verb, "--help").output


def test_shell_completion_is_offered(run):
    assert "--install-completion" in run("--help").output


def test_the_version_is_told(run):
    assert run("--version").output == f"transferleaf {__version__}\n"


def test_help_loads_nothing_that_is_slow():
    code = (
        "import sys, transferleaf.cli as cli\n"
        f"for verb in {VERBS!r}:\n"
        "    cli.app([verb, '--help'], standalone_mode=False)\n"
        "slow = {'tensorflow', 'keras', 'keras_cv', 'numpy', 'PIL', 'matplotlib', 'openvino'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("words", [["--debug", "card", "x"], ["card", "x", "--debug"]])
def test_debugging_may_be_asked_for_before_or_after_the_verb(monkeypatch, words):
    asked = []
    monkeypatch.setattr(sys, "argv", ["transferleaf", *words])
    monkeypatch.setattr(cli, "app", lambda args: asked.append(args))

    cli.main()

    assert asked == [["--debug", "card", "x"]]


def test_an_error_of_ours_is_one_message_and_exit_code_1(monkeypatch, capsys, tmp_path):
    (tmp_path / "leaves").mkdir()
    (tmp_path / "leaves" / "notes.txt").write_text("mine")
    monkeypatch.setattr(sys, "argv", ["transferleaf", "demo", str(tmp_path)])

    with pytest.raises(SystemExit) as caught:
        cli.main()

    told = capsys.readouterr().err
    assert caught.value.code == 1
    assert told.startswith("error: ")
    assert "Traceback" not in told
