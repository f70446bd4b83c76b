from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from transferleaf.cli import app
from transferleaf.commands import doctor as doctor_command
from transferleaf.commands.checkup import Check, check_cache, check_extra, check_package

SOUND = Check(about="packages", name="keras", state="ok", told="3.15")
ABSENT = Check(about="extras", name="onnx", state="note", told="absent")
BROKEN = Check(about="packages", name="openvino", state="broken", told="does not load")


@pytest.fixture
def run(monkeypatch):
    """Runs the command with given checks."""

    def call(checks, *options, columns=120):
        monkeypatch.setattr(doctor_command, "_check", lambda: checks)
        return CliRunner().invoke(app, ["doctor", *options], env={"COLUMNS": str(columns)})

    return call


@pytest.mark.parametrize(
    ("checks", "code", "last"),
    [
        ([SOUND, ABSENT], 0, "Everything that is needed works."),
        ([SOUND, BROKEN, ABSENT], 1, "Broken: openvino"),
    ],
)
def test_only_what_is_broken_ends_with_1(run, checks, code, last):
    answer = run(checks)

    assert answer.exit_code == code
    assert answer.output.splitlines()[-1] == last


def test_a_long_remedy_is_not_cut(run):
    told = "/home/somebody/a/folder/with/a/long/name"

    answer = run([Check(about="cache", name="folder", state="ok", told=told)], columns=60)

    rows = [line for line in answer.output.splitlines() if line.startswith("│")]
    assert "".join(row.split("│")[4].strip() for row in rows) == told


def test_the_findings_are_available_as_json(run):
    answer = run([SOUND], "--json", "-")

    assert json.loads(answer.stdout) == [
        {"about": "packages", "name": "keras", "state": "ok", "told": "3.15"}
    ]
    assert "Everything that is needed works." in answer.stderr


@pytest.mark.parametrize(
    ("module", "state", "told"),
    [
        ("typer", "ok", ""),
        ("no_such_module", "broken", "does not load (ModuleNotFoundError: No module named"),
    ],
)
def test_a_package_is_loaded(module, state, told):
    check = check_package("typer", module)

    assert check.state == state
    assert check.told.startswith(told)


@pytest.mark.parametrize(
    ("modules", "state", "told"),
    [
        (["typer", "rich"], "ok", "writes ONNX files"),
        (
            ["no_such", "neither"],
            "note",
            'absent; pip install "transferleaf[onnx]" writes ONNX files',
        ),
        (
            ["typer", "no_such"],
            "note",
            'incomplete, without no_such; pip install "transferleaf[onnx]" writes ONNX files',
        ),
    ],
)
def test_an_extra_is_there_when_all_of_it_is(modules, state, told):
    check = check_extra("onnx", modules, "writes ONNX files")

    assert (check.state, check.told) == (state, told)


def test_the_cache_folder_can_be_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("TRANSFERLEAF_CACHE", str(tmp_path / "not/yet"))

    check = check_cache()

    assert (check.state, check.told) == ("ok", f"{tmp_path / 'not/yet'}, nothing stored yet")


def test_a_cache_that_cannot_be_written_is_broken(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TRANSFERLEAF_CACHE", str(tmp_path / "file"))

    check = check_cache()

    assert check.state == "broken"
    assert check.told.endswith("set another in TRANSFERLEAF_CACHE")
