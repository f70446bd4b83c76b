"""Durations on the command line."""

from __future__ import annotations

import pytest
import typer

from transferleaf.commands.grammar.durations import seconds_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("10m", 600), ("10 M", 600), ("1.5h", 5400), (".5m", 30)],
)
def test_durations(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "0m", "-3m", "ten", "10x", "1m30s", "nan", "inf"])
def test_an_invalid_duration_is_refused(text):
    with pytest.raises(typer.BadParameter, match=r"is not a duration; write 90s, 10m or 1\.5h"):
        seconds_of(text)
