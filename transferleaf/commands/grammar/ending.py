"""The end of a command: exit codes, errors and interrupts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup

from transferleaf.commands.grammar.help_style import set_help_style
from transferleaf.errors import ConfigError, TransferLeafError, UnknownBackboneError
from transferleaf.process.interrupts import INTERRUPTED, end_soon, interrupted, interrupts_kept
from transferleaf.text.terminal import Terminal

FOUND = 1
"""The exit code for findings and failures."""
WRONG_USAGE = 2
DEBUG = "--debug"

_USAGE_ERRORS = (ConfigError, UnknownBackboneError)
# Non-empty if a command has printed that it was stopped, and what is kept.
_told_of_stop: list[bool] = []

_TYPERS_OWN = (typer.Exit, typer.Abort, typer.BadParameter)


class Command(TyperCommand):
    """A command that prints errors as one message. ``--debug`` shows the traceback."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return all parameters, with one style of help. Called by typer."""
        parameters = super().get_params(ctx)
        set_help_style(parameters)
        return parameters

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse empty arguments, which would mean the current folder. Called by typer."""
        if any(word == "" or (word.startswith("--") and word.endswith("=")) for word in args):
            raise typer.BadParameter(
                "an argument is empty, perhaps because of an unset shell variable"
            )
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Called by typer."""
        try:
            return super().invoke(ctx)
        except (
            *_TYPERS_OWN,
            BrokenPipeError,
        ) as ending:  # the reader has closed the pipe
            if isinstance(ending, typer.Exit) and ending.exit_code == INTERRUPTED:
                _told_of_stop.append(True)
            raise
        except (KeyboardInterrupt, Exception) as error:
            if is_stop(error):
                say_error("Stopped.")
                _told_of_stop.append(True)
                raise typer.Exit(INTERRUPTED) from None
            if ctx.find_root().params.get("debug"):
                raise
            say_error(_told(error, _words(ctx.command)))
            code = WRONG_USAGE if isinstance(error, _USAGE_ERRORS) else FOUND
            raise typer.Exit(code) from None


class Group(TyperGroup):
    """The program itself, with the same style of help as its commands."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return all parameters, with one style of help. Called by typer."""
        parameters = super().get_params(ctx)
        set_help_style(parameters)
        return parameters


@contextmanager
def when_stopped(told: Callable[[], str]) -> Iterator[None]:
    """Exit with 130 after Ctrl-C in the block, and print what is kept and how to continue.

    Args:
        told: Returns this message.
    """
    try:
        yield
    except (KeyboardInterrupt, Exception) as error:
        if not is_stop(error):
            raise
        say_error(escape(f"Stopped{told()}"))
        raise typer.Exit(INTERRUPTED) from None


def is_stop(error: BaseException) -> bool:
    """Return whether an error is a Ctrl-C, or was caused by one in a library."""
    stopped = isinstance(error, typer.Exit) and error.exit_code == INTERRUPTED
    return isinstance(error, KeyboardInterrupt) or (interrupted() and not stopped)


@contextmanager
def exit_code_of_interrupts() -> Iterator[None]:
    """Exit with code 130 and without traceback after Ctrl-C in the block."""
    _told_of_stop.clear()
    stopped = False
    try:
        with interrupts_kept():
            try:
                yield
            except SystemExit:
                stopped = interrupted()
                if not stopped:
                    raise
                if not _told_of_stop:  # typer prints nothing if no command had started
                    say_error("Stopped.")
    except KeyboardInterrupt:
        if not stopped:  # not inside a command, which would have printed it
            say_error("Stopped.")
        stopped = True
    if stopped:
        end_soon()
        raise SystemExit(INTERRUPTED)


def say_error(text: str) -> None:
    """Print a line on stderr, without line breaks."""
    Terminal(stderr=True).print(text, highlight=False, soft_wrap=True)


def debug_first(words: Sequence[str]) -> list[str]:
    """Move ``--debug`` to the front, because it is an option of the program, not of a command.

    >>> debug_first(["predict", "leaf.keras", "--debug", "--", "--debug"])
    ['--debug', 'predict', 'leaf.keras', '--', '--debug']
    """
    end = words.index("--") if "--" in words else len(words)
    options, rest = words[:end], words[end:]
    found = [DEBUG] if DEBUG in options else []
    return [*found, *(word for word in options if word != DEBUG), *rest]


def _words(command: Any) -> dict[str, str]:
    """Return the argument or option name of each parameter of a command."""
    return {
        each.name: each.opts[0]
        if each.param_type_name == "option"
        else str(each.metavar or each.name.upper())
        for each in command.params
    }


def _told(error: BaseException, words: Mapping[str, str]) -> str:
    # Escaped, because rich would read a folder such as "photos[old]" as a style.
    if isinstance(error, ConfigError) and error.option in words:
        told = error.of_the_command_line(words[error.option])
        return f"[bold red]error:[/bold red] {escape(told)}"
    if isinstance(error, (TransferLeafError, OSError)):
        return f"[bold red]error:[/bold red] {escape(str(error))}"
    kind = type(error).__name__
    return (
        f"[bold red]unexpected error:[/bold red] {escape(f'{kind}: {error}')}\n"
        f"Run it again with {DEBUG} to see where it comes from."
    )
