"""An invalid output path is refused before the work begins."""

import pytest
import typer
from typer.testing import CliRunner

from transferleaf.cli import app
from transferleaf.commands.grammar.output_files import checked_output_path


@pytest.mark.parametrize("path", [None, "-", "here.json"])
def test_absent_stdout_and_a_file_here_are_fine(path):
    assert checked_output_path(path) == path


def test_a_file_in_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(typer.BadParameter) as caught:
        checked_output_path(tmp_path / "missing" / "page.html")

    assert str(caught.value) == f"there is no folder {str(tmp_path / 'missing')!r} to write it into"


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(typer.BadParameter) as caught:
        checked_output_path(str(tmp_path))

    assert str(caught.value) == f"{str(tmp_path)!r} is a folder; name a file"


@pytest.mark.parametrize(
    "words",
    [
        ("evaluate", "model.keras", "photos", "--html"),
        ("evaluate", "model.keras", "photos", "--markdown"),
        ("evaluate", "model.keras", "photos", "--json"),
        ("predict", "model.keras", "photo.jpg", "--csv"),
        ("predict", "model.keras", "photo.jpg", "--jsonl"),
        ("card", "model.keras", "--output"),
        ("advise", "photos", "--figure"),
        ("audit", "photos", "--fix"),
    ],
    ids=" ".join,
)
def test_every_command_checks_the_path_first(words, tmp_path):
    result = CliRunner().invoke(app, [*words, str(tmp_path / "missing" / "file.png")])

    assert result.exit_code == 2
    assert "there is no folder" in result.stderr
