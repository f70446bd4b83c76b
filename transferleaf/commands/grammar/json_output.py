"""The option ``--json``: results as JSON in a file or on stdout."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console

from transferleaf.commands.grammar.output_files import checked_output_path
from transferleaf.files.saved_values import save_values
from transferleaf.text.terminal import Terminal

STDOUT = "-"

JsonFile = Annotated[
    str | None,
    typer.Option(
        "--json",
        "-j",
        callback=checked_output_path,
        metavar="FILE",
        help="Write the results as JSON; - for stdout.",
    ),
]


def console_beside(place: str | None) -> Console:
    """Return the console for messages: stderr if stdout contains JSON."""
    return Terminal(stderr=place == STDOUT, highlight=False)


def write_json(values: Any, place: str | None) -> None:
    """Write plain values as JSON to a file, to stdout for ``-``, or nowhere for ``None``.

    Raises:
        OSError: The file cannot be written.
    """
    if place is None:
        return
    if place == STDOUT:
        # ASCII, because file names may be invalid Unicode.
        typer.echo(json.dumps(values, indent=1))
        return
    save_values(place, values)
