"""The directive ``command-line``, which describes the commands from the program itself."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

import typer
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from typer.main import get_command


class CommandLine(SphinxDirective):
    """Describes every command with its arguments and options."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each command."""
        from transferleaf.cli import app

        program: Any = get_command(app)
        parent = typer.Context(program, info_name="transferleaf")
        sections: list[nodes.Node] = []
        for name, command in sorted(program.commands.items()):
            context = typer.Context(command, info_name=name, parent=parent)
            section = nodes.section(ids=[f"transferleaf-{name}"], names=[f"transferleaf {name}"])
            section += nodes.title(text=f"transferleaf {name}")
            self.state.document.note_implicit_target(section)
            lines = StringList(_described(command, context), source="transferleaf.cli")
            self.state.nested_parse(lines, self.content_offset, section)
            sections.append(section)
        return sections


def _described(command: Any, context: Any) -> list[str]:
    """Return the description of one command as MyST."""
    usage = " ".join(command.collect_usage_pieces(context))
    lines = ["```text", f"{context.command_path} {usage}", "```", ""]
    # The descriptions come from --help, where \b keeps line breaks.
    lines += [_plain(line) for line in (command.help or "").replace("\b", "").splitlines()]
    lines.append("")
    for parameter in command.params:
        # The two columns of --help: name and type; meaning, default and range.
        names, meaning = parameter.get_help_record(context) or ("", "")
        if names and parameter.name != "help":
            lines += [f"`{names}`", f": {_plain(meaning)}", ""]
    if command.epilog:
        examples = (line.strip() for line in command.epilog.splitlines())
        lines += _with_commands_fenced([line for line in examples if line])
    return lines


def _with_commands_fenced(lines: list[str]) -> list[str]:
    """Put commands into blocks that can be copied. A line that ends in a colon introduces them."""
    fenced: list[str] = []
    for is_text, group in groupby(lines, key=lambda line: line.endswith(":")):
        before, after = ([], []) if is_text else (["```sh"], ["```"])
        fenced += [*before, *group, *after, ""]
    return fenced


def _plain(text: str) -> str:
    """Escape text so that MyST does not interpret it as markup."""
    return re.sub(r"([*_<`])", r"\\\1", " ".join(text.split()))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("command-line", CommandLine)
    return {"parallel_read_safe": True}
