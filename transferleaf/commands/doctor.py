"""The command ``transferleaf doctor``: checks the installation."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict

import typer
from rich.table import Column, Table
from rich.text import Text

from transferleaf.commands.checkup import Check, check_installation
from transferleaf.commands.grammar.ending import FOUND
from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.json_output import JsonFile, console_beside, write_json
from transferleaf.text.terminal import from_strangers

EXAMPLES = examples("transferleaf doctor", "transferleaf doctor --json doctor.json")

_STYLE = {"ok": "green", "note": "yellow", "broken": "bold red"}


def doctor(save_json: JsonFile = None) -> None:
    """Check the installation: packages, devices, installed weights, cache, optional extras.

    Nothing is changed or downloaded.

    Exit code 0: everything needed works; 1: something is broken.
    """
    checks = _check()
    console = console_beside(save_json)
    console.print(_table(checks))
    broken = [check.name for check in checks if check.state == "broken"]
    told = f"Broken: {', '.join(broken)}" if broken else "Everything that is needed works."
    console.print(told, markup=False)
    write_json([asdict(check) for check in checks], save_json)
    raise typer.Exit(FOUND if broken else 0)


def _check() -> list[Check]:
    from transferleaf.process.quiet_start import start_tensorflow_quietly

    with suppress(Exception):  # a check reports it, with what to do
        start_tensorflow_quietly()
    return list(check_installation())


def _table(checks: Sequence[Check]) -> Table:
    # Findings may contain a command or a folder to copy, so they are never cut.
    table = Table("about", "what", "", Column("found", overflow="fold"))
    about = ""
    for check in checks:
        if about and check.about != about:
            table.add_section()
        shown = "" if check.about == about else check.about
        about = check.about
        state = Text(check.state, style=_STYLE[check.state])
        table.add_row(shown, Text(check.name), state, from_strangers(check.told))
    return table
