"""Text from outside cannot control the terminal."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.table import Table
from rich.text import Text

from transferleaf.text.terminal import Terminal, from_strangers

ROOT = Path(__file__).parents[2]
HOSTILE = "a\x1b]0;title\x07b\u202ec\rd"
# rich itself removes bells and carriage returns.
SHOWN = re.compile(r"a\\x1b]0;title(\\x07)?b\\u202ec(\\r)?d")


def table() -> Table:
    found = Table("photo")
    found.add_row(from_strangers(HOSTILE))
    return found


@pytest.mark.parametrize("made", [lambda: HOSTILE, lambda: Text(HOSTILE), table])
def test_escape_sequences_are_escaped(made):
    file = io.StringIO()

    Terminal(file=file, width=80, no_color=True).print(made(), markup=False, soft_wrap=True)

    assert SHOWN.search(file.getvalue())
    assert not {"\x1b", "\x07", "\u202e", "\r"} & set(file.getvalue())


def test_our_styles_are_kept():
    file = io.StringIO()

    Terminal(file=file, force_terminal=True, color_system="standard").print("[red]leaf[/red]")

    assert file.getvalue() == "\x1b[31mleaf\x1b[0m\n"


def test_every_console_of_the_package_is_such_a_terminal():
    plain = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "transferleaf").rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if " Console(" in f" {line}" and path.name != "terminal.py"
    ]

    assert plain == []
