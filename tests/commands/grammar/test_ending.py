from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from transferleaf.commands.grammar.ending import Command
from transferleaf.errors import ConfigError, PhotoError, UnknownBackboneError


@pytest.fixture
def ended():
    """Runs a command that raises an error."""

    def run(error: BaseException, *words: str):
        app = typer.Typer(pretty_exceptions_enable=False)

        @app.callback()
        def options(debug: bool = False) -> None:
            pass

        @app.command(cls=Command)
        def verb() -> None:
            raise error

        return CliRunner().invoke(app, [*words, "verb"])

    return run


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (
            PhotoError(Path("a[b].jpg"), "it is empty"),
            1,
            "error: 'a[b].jpg' cannot be read as a photo: it is empty\n",
        ),
        (OSError(28, "No space left"), 1, "error: [Errno 28] No space left\n"),
        (ConfigError("seed", -1, "be 0"), 2, "error: seed=-1 must be 0.\n"),
        (
            UnknownBackboneError("resnet5", available=["resnet50"]),
            2,
            "error: no backbone is called 'resnet5'; did you mean 'resnet50'?\n",
        ),
        (
            KeyError("x"),
            1,
            "unexpected error: KeyError: 'x'\nRun it again with --debug to see where it comes "
            "from.\n",
        ),
        (KeyboardInterrupt(), 130, "Stopped.\n"),
        (typer.Exit(7), 7, ""),
    ],
    ids=["ours", "of the system", "usage", "unknown name", "a bug", "Ctrl-C", "an exit code"],
)
def test_a_command_ends_with_a_code_and_a_line(ended, error, code, told):
    answer = ended(error)

    assert (answer.exit_code, answer.stderr, answer.stdout) == (code, told, "")


def test_an_option_is_reported_as_it_is_typed():
    app = typer.Typer(pretty_exceptions_enable=False)

    @app.command(cls=Command)
    def verb(image_size: int = 1) -> None:
        raise ConfigError("image_size", image_size, "be at least 32")

    answer = CliRunner().invoke(app, ["--image-size", "7"])

    assert answer.stderr == "error: --image-size 7 must be at least 32.\n"


def test_debug_shows_the_traceback(ended):
    error = ConfigError("seed", -1, "be 0")

    assert ended(error, "--debug").exception is error
