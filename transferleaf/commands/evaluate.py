"""The command ``transferleaf evaluate``: measures a classifier on one or several test sets."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from transferleaf.commands.grammar.ending import FOUND, when_stopped
from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.json_output import STDOUT, JsonFile, console_beside, write_json
from transferleaf.commands.grammar.models import (
    BatchSize,
    ModelPath,
    Trust,
    known_classes,
    open_model,
)
from transferleaf.commands.grammar.output_files import checked_output_path, write_text
from transferleaf.process.quiet_start import start_tensorflow_quietly

if TYPE_CHECKING:
    from transferleaf.datasets import LeafDataset

EXAMPLES = examples(
    "transferleaf evaluate runs/2026-01-31-leaves photos/test --html report.html",
    "transferleaf evaluate leaf.keras lab=photos/test field=PlantDoc --label-map auto",
    "transferleaf evaluate leaf.onnx photos/test --json -",
)


def evaluate(
    model: ModelPath,
    folders: Annotated[
        list[str],
        typer.Argument(metavar="FOLDER", help="Photos by class; NAME=FOLDER to name several."),
    ],
    label_map: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Class names of the photos to those of the model, as JSON, or as CSV with the "
            "columns theirs and ours; auto proposes a map.",
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            callback=checked_output_path, metavar="FILE", help="Write the report as an HTML page."
        ),
    ] = None,
    markdown: Annotated[
        Path | None,
        typer.Option(
            callback=checked_output_path, metavar="FILE", help="Write the report as a model card."
        ),
    ] = None,
    swap_backgrounds: Annotated[
        bool | None,
        typer.Option(
            "--swap-backgrounds/--no-swap-backgrounds",
            help="Measure the accuracy with the leaves on other backgrounds too.",
            show_default="if most photos show a leaf on a plain background",
        ),
    ] = None,
    batch_size: BatchSize = 32,
    trust: Trust = False,
    save_json: JsonFile = None,
) -> None:
    """Measure the accuracy of a classifier, with 95 % intervals.

    Results on training photos are too optimistic. If MODEL is a run folder, a note says how many of
    the photos it was trained on.

    Exit code 0: all photos were evaluated; 1: some cannot be read; 2: wrong usage.
    """
    with when_stopped(lambda: ". Files are written at the end; the same command starts again."):
        unreadable = _evaluate(
            model,
            folders,
            label_map,
            html,
            markdown,
            save_json,
            swap_backgrounds=swap_backgrounds,
            batch_size=batch_size,
            trust=trust,
        )
    raise typer.Exit(FOUND if unreadable else 0)


def _evaluate(
    model: Path,
    folders: list[str],
    label_map: str | None,
    html: Path | None,
    markdown: Path | None,
    save_json: str | None,
    *,
    swap_backgrounds: bool | None,
    batch_size: int,
    trust: bool,
) -> int:
    """Evaluate, write and print. Returns the number of unreadable photos."""
    console = console_beside(save_json)
    sets = _open_sets(folders)
    if label_map is None:
        _check_classes(sets, known_classes(model))
    opened = open_model(model, trust=trust)
    start_tensorflow_quietly()  # judging needs it, whatever the model

    # Imported here, as they load libraries that the help does not need.
    from transferleaf.commands.grammar.label_maps import read_label_map
    from transferleaf.commands.results.figures import figures_table, notes
    from transferleaf.export.running import ExportedClassifier
    from transferleaf.judging.exported import judge_exported
    from transferleaf.runs.trained_on import photos_learned_from

    learned_from = {name: photos_learned_from(model, data) for name, data in sets.items()}
    mapped = read_label_map(label_map, opened.classes, list(sets.values()), console)
    if isinstance(opened, ExportedClassifier):
        _check_no_report(html, markdown)
        figures = judge_exported(opened, sets, label_map=mapped, batch_size=batch_size)
        values = {"sets": [each.to_dict() for each in figures]}
    else:
        report = opened.report(
            sets,
            label_map=mapped,
            command=shlex.join(["transferleaf", "evaluate", str(model), *folders]),
            swap_backgrounds=swap_backgrounds,
            batch_size=batch_size,
            verbose=0 if save_json == STDOUT else 1,
        )
        figures, values = report.sets, report.to_dict()
        if html is not None:
            report.save_html(html)
        if markdown is not None:
            write_text(report.to_markdown(), markdown)
    console.print(figures_table(figures))
    for note in notes(figures, learned_from):
        console.print(note, markup=False)
    write_json(values, save_json)
    return sum(len(each.unreadable) for each in figures)


def _open_sets(words: list[str]) -> dict[str, LeafDataset]:
    """Open the folders by their given names, or otherwise by the folder names."""
    from transferleaf.datasets import open_leaves

    named = [_named(word, alone=len(words) == 1) for word in words]
    twice = {name for name, _ in named if sum(name == other for other, _ in named) > 1}
    if twice:
        raise typer.BadParameter(f"two sets are called {min(twice)!r}; write NAME=FOLDER")
    return {name: open_leaves(folder) for name, folder in named}


def _check_classes(sets: Mapping[str, LeafDataset], classes: tuple[str, ...] | None) -> None:
    """Refuse photos of other classes before TensorFlow starts, if the file contains its classes."""
    from transferleaf.judging.matching import matched_labels

    for name, data in sets.items() if classes is not None else ():
        matched_labels(data, classes or (), None, name=f"the {name} photos")


def _named(word: str, *, alone: bool) -> tuple[str, Path]:
    name, equals, folder = word.partition("=")
    if equals and name and not Path(word).exists():
        if not folder:
            raise typer.BadParameter(f"{word!r} has no folder; write NAME=FOLDER")
        return name, Path(folder)
    return "test" if alone else Path(word).resolve().name, Path(word)


def _check_no_report(html: Path | None, markdown: Path | None) -> None:
    if html is not None or markdown is not None:
        raise typer.BadParameter(
            "an exported file has no information about its training; --html and --markdown need "
            "the .keras file, or the folder of its run"
        )
