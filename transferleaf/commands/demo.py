"""The command ``transferleaf demo``: draws leaves and trains a classifier on them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from transferleaf.commands.grammar.examples import examples
from transferleaf.process.quiet_start import start_tensorflow_quietly

EXAMPLES = examples("transferleaf demo", "transferleaf demo scratch --photos-per-class 20")


def demo(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="Folder for the photos, the model and the report."),
    ] = Path("demo"),
    photos_per_class: Annotated[
        int, typer.Option(min=10, metavar="N", help="Photos per class.")
    ] = 40,
) -> None:
    """Draw leaf photos, train a classifier on them, and report its accuracy.

    Takes about two minutes on two cores, and needs no internet access.
    """
    # Started here, so that --help does not wait for TensorFlow.
    start_tensorflow_quietly()
    from transferleaf.demo import run_demo

    run_demo(folder, photos_per_class=photos_per_class)
