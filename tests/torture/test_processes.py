"""What ``make torture`` does to a command, with one that writes a file and runs no network."""

from __future__ import annotations

import os
import signal

import pytest

from tests.reports.made import full_report
from tests.torture.processes import Trouble, operations, run

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


@pytest.fixture
def card(tmp_path):
    """The command that writes a model card to a separate folder, and the folder."""
    full_report().save(tmp_path / "report.json")
    folder = tmp_path / "written"
    folder.mkdir()
    return ["card", str(tmp_path / "report.json"), "--output", str(folder / "card.md")], folder


def test_an_undisturbed_command_writes_its_file(card):
    words, folder = card

    count, ended = operations(words, folder)

    assert (ended.code, ended.raw) == (0, False)
    assert count >= 2  # it creates a file and renames it
    assert [path.name for path in folder.iterdir()] == ["card.md"]


@pytest.mark.parametrize("at", [1, 2])
def test_a_killed_command_leaves_no_half_file(card, at):
    words, folder = card

    ended = run(words, trouble=Trouble(folder=folder, at=at, kind="kill"))

    assert ended.code == -signal.SIGKILL
    assert not (folder / "card.md").exists()


def test_a_command_on_a_full_disk_says_so(card):
    words, folder = card

    ended = run(words, trouble=Trouble(folder=folder, at=1, kind="full disk"))

    assert (ended.code, ended.raw) == (1, False)
    assert "No space left on device" in ended.told
    assert list(folder.iterdir()) == []
