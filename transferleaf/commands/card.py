"""The command ``transferleaf card``: a model card in Markdown, from a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.models import TrainedModelPath, open_classifier
from transferleaf.commands.grammar.output_files import checked_output_path, write_text
from transferleaf.text.terminal import Terminal

if TYPE_CHECKING:
    from transferleaf.reports.report import Report

EXAMPLES = examples(
    "transferleaf card runs/2026-01-31-leaves",
    "transferleaf card runs/2026-01-31-leaves/report.json --output MODEL_CARD.md",
    "transferleaf card leaf.keras photos/test",
)


def card(
    model: TrainedModelPath,
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="FOLDER", help="Photos to test it on; a run folder has a report already."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            callback=checked_output_path,
            metavar="FILE",
            help="File to write.",
            show_default="stdout",
        ),
    ] = None,
) -> None:
    """Write a model card: intended use, test data, figures and limits, in Markdown.

    MODEL may also be the report.json of an earlier report.

    Exit code 0: written; 1: failed, and the message says why; 2: wrong usage.
    """
    text = _report(model, folder).to_markdown()
    if output is None:
        typer.echo(text)
        return
    write_text(text, output)
    Terminal(stderr=True, highlight=False).print(f"Written to {output}", markup=False)


def _report(model: Path, folder: Path | None) -> Report:
    """Evaluate the classifier on photos, or load the existing report."""
    from transferleaf.reports.report import Report
    from transferleaf.runs.folder import RunFolder, is_run

    if folder is not None:
        from transferleaf.datasets import open_leaves

        data = open_leaves(folder)
        return open_classifier(model).report(data, verbose=0)
    if is_run(model):
        return Report.load(RunFolder(model).report)
    if model.suffix == ".json":
        return Report.load(model)
    raise typer.BadParameter("name a FOLDER of photos to evaluate it on; only a run has a report")
