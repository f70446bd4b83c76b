"""How a command ends: its exit code, and one line for an error or an interrupt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperCommand

from transferleaf.errors import ConfigError, TransferLeafError, UnknownBackboneError

FOUND = 1
"""A finding, or a failure."""
WRONG_USAGE = 2
INTERRUPTED = 130
"""What shells expect after Ctrl-C."""

DEBUG = "--debug"

_USAGE_ERRORS = (ConfigError, UnknownBackboneError)
_TYPERS_OWN = (typer.Exit, typer.Abort, typer.BadParameter)


class Command(TyperCommand):
    """A command whose errors are one message each; ``--debug`` shows where they come from."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; called by typer."""
        try:
            return super().invoke(ctx)
        except (*_TYPERS_OWN, BrokenPipeError):  # a reader that has seen enough is no error
            raise
        except KeyboardInterrupt:
            say_error("Stopped.")
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            if ctx.find_root().params.get("debug"):
                raise
            say_error(_told(error))
            code = WRONG_USAGE if isinstance(error, _USAGE_ERRORS) else FOUND
            raise typer.Exit(code) from None


@contextmanager
def when_stopped(told: Callable[[], str]) -> Iterator[None]:
    """End with 130 where Ctrl-C stops what is within, and say what is kept and how to go on.

    Args:
        told: Says it, once it has happened.
    """
    try:
        yield
    except KeyboardInterrupt:
        say_error(escape(f"Stopped{told()}"))
        raise typer.Exit(INTERRUPTED) from None


def say_error(text: str) -> None:
    """Print a line for people on stderr, in one piece."""
    Console(stderr=True).print(text, highlight=False, soft_wrap=True)


def debug_first(words: Sequence[str]) -> list[str]:
    """Move ``--debug`` to where it is an option of all commands, wherever people put it.

    >>> debug_first(["predict", "leaf.keras", "--debug", "--", "--debug"])
    ['--debug', 'predict', 'leaf.keras', '--', '--debug']
    """
    end = words.index("--") if "--" in words else len(words)
    options, rest = words[:end], words[end:]
    found = [DEBUG] if DEBUG in options else []
    return [*found, *(word for word in options if word != DEBUG), *rest]


def _told(error: Exception) -> str:
    # Escaped: a folder may be called "photos[old]", which rich would read as a style.
    if isinstance(error, (TransferLeafError, OSError)):
        return f"[bold red]error:[/bold red] {escape(str(error))}"
    kind = type(error).__name__
    return (
        f"[bold red]unexpected error:[/bold red] {escape(f'{kind}: {error}')}\n"
        f"Run it again with {DEBUG} to see where it comes from."
    )
