"""The command line: ``transferleaf VERB``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from transferleaf.errors import TransferLeafError

app = typer.Typer(
    name="transferleaf",
    help="Leaf photos in folders in, an honest, explained crop and disease classifier out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to draw the leaves and save.")] = Path(
        "demo"
    ),
    photos_per_class: Annotated[int, typer.Option(min=10, help="Leaf photos a class.")] = 40,
) -> None:
    """Draw leaf photos, train a classifier on them, and say how well it does.

    Takes about two minutes on two cores and needs no network.
    """
    # Here, so that --help does not wait for TensorFlow.
    from transferleaf.demo import run_demo

    run_demo(folder, photos_per_class=photos_per_class)


@app.command()
def backbones(
    pattern: Annotated[str, typer.Argument(help='Such as "resnet*".')] = "*",
) -> None:
    """List the available backbones."""
    from transferleaf.backbones.registry import get_backbone, list_backbones

    table = Table("backbone", "stages", "size", "pretrained weights", "licence")
    for name in list_backbones(pattern):
        spec = get_backbone(name)
        table.add_row(
            name,
            str(len(spec.stages)),
            f"{spec.image_size} px",
            spec.pretrained or "none",
            spec.license,
        )
    Console().print(table)


def main() -> None:
    """Run the command line; an error of ours is one message and exit code 1."""
    try:
        app()
    except (TransferLeafError, OSError) as error:
        # Escaped: a folder may be called "photos[old]", which rich would read as a style.
        message = f"[bold red]error:[/bold red] {escape(str(error))}"
        Console(stderr=True).print(message, highlight=False)
        raise SystemExit(1) from None
