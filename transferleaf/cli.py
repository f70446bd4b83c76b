"""The command line: ``transferleaf VERB``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from transferleaf.commands import (
    advise,
    audit,
    backbones,
    cache,
    card,
    demo,
    doctor,
    evaluate,
    explain,
    export,
    predict,
    review,
    serve,
    train,
)
from transferleaf.commands.grammar.ending import (
    DEBUG,
    Command,
    Group,
    debug_first,
    exit_code_of_interrupts,
)
from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.flowing import flowing
from transferleaf.files.versions import __version__

app = typer.Typer(
    name="transferleaf",
    cls=Group,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "transferleaf demo",
        "transferleaf train PlantVillage --backbone efficientnet_lite0",
        "transferleaf predict runs/2026-01-31-leaves photos/",
    ),
)

# The order in which users need the commands.
_COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (demo.demo, demo.EXAMPLES),
    (audit.audit, audit.EXAMPLES),
    (review.review, review.EXAMPLES),
    (advise.advise, advise.EXAMPLES),
    (train.train, train.EXAMPLES),
    (evaluate.evaluate, evaluate.EXAMPLES),
    (predict.predict, predict.EXAMPLES),
    (explain.explain, explain.EXAMPLES),
    (serve.serve, serve.EXAMPLES),
    (export.export, export.EXAMPLES),
    (card.card, card.EXAMPLES),
    (backbones.backbones, backbones.EXAMPLES),
    (cache.cache, cache.EXAMPLES),
    (doctor.doctor, doctor.EXAMPLES),
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"transferleaf {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option(DEBUG, help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", callback=_show_version, is_eager=True, help="Show the version."
        ),
    ] = False,
) -> None:
    """Train classifiers of crop diseases on leaf photos, by transfer learning."""


for _run, _epilog in _COMMANDS:
    app.command(cls=Command, help=flowing(_run.__doc__ or ""), epilog=_epilog)(_run)


def main() -> None:
    """Run the command line. After Ctrl-C, the exit code is always 130."""
    with exit_code_of_interrupts():
        app(args=debug_first(sys.argv[1:]))
