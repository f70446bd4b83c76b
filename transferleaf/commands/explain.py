"""The command ``transferleaf explain``: draws heat maps of the evidence for a class."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from transferleaf.commands.grammar.ending import FOUND, when_stopped
from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.json_output import JsonFile, console_beside, write_json
from transferleaf.commands.grammar.models import TrainedModelPath, open_classifier
from transferleaf.commands.grammar.photo_paths import photo_paths, say_left_out
from transferleaf.datasets.photos.files import LeftOut
from transferleaf.text.wording import counted, probability

if TYPE_CHECKING:
    from transferleaf.classifier import TransferClassifier

EXAMPLES = examples(
    "transferleaf explain runs/2026-01-31-leaves leaf.jpg --output why",
    "transferleaf explain leaf.keras photos/ --output why --method grad-cam",
    "transferleaf explain leaf.keras leaf.jpg --output why --class-name Apple___Rust",
)


def explain(
    model: TrainedModelPath,
    photos: Annotated[
        list[str],
        typer.Argument(
            metavar="PHOTOS", help="Files, folders or patterns; - reads names from stdin."
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FOLDER", file_okay=False, help="Folder for the pictures."
        ),
    ],
    class_name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Class to explain.", show_default="the most probable"),
    ] = None,
    method: Annotated[
        str, typer.Option(metavar="stage-cam|grad-cam", help="Method.")
    ] = "stage-cam",
    save_json: JsonFile = None,
) -> None:
    """Draw which parts of a photo speak for its class, and how much of that is on the leaf.

    Each picture shows the photo beside the heat map. Existing pictures are replaced; photos with
    the same name get a number each.

    Exit code 0: all photos were explained; 1: some cannot be read; 2: wrong usage.
    """
    console = console_beside(save_json)
    rows: list[dict[str, Any]] = []
    with when_stopped(lambda: _kept(rows, output)):
        classifier = open_classifier(model)
        output.mkdir(parents=True, exist_ok=True)
        for row in _explained(classifier, photos, output, class_name, method):
            rows.append(row)
    _print(rows, console)
    _say_where(console, output)
    write_json(rows, save_json)
    raise typer.Exit(FOUND if any("error" in row for row in rows) else 0)


def _explained(
    classifier: TransferClassifier,
    photos: list[str],
    output: Path,
    class_name: str | None,
    method: Any,
) -> Iterator[dict[str, Any]]:
    from transferleaf.errors import PhotoError

    used: set[str] = set()
    left_out = LeftOut()
    for path in photo_paths(photos, sys.stdin, left_out):
        try:
            found = classifier.explain(path, class_name=class_name, method=method)
        except PhotoError as error:
            yield {"path": str(path), "error": error.reason}
            continue
        picture = output / f"{_unused(path.stem, used)}.png"
        found.save(picture)
        yield {"path": str(path), "picture": str(picture), **found.to_dict()}
    say_left_out(left_out)


def _unused(stem: str, used: set[str]) -> str:
    """Return a name for a picture and add it to ``used``. Some systems ignore case.

    >>> used: set[str] = set()
    >>> [_unused(stem, used) for stem in ("1", "1", "1-2", "A", "a")]
    ['1', '1-2', '1-2-2', 'A', 'a-2']
    """
    name, number = stem, 1
    while name.casefold() in used:
        number += 1
        name = f"{stem}-{number}"
    used.add(name.casefold())
    return name


def _print(rows: list[dict[str, Any]], console: Console) -> None:
    """Print a block per photo. Paths have no line breaks, because users copy them from here."""
    for row in rows:
        console.print(row["path"], markup=False, soft_wrap=True)
        if "error" in row:
            console.print(f"  error: {row['error']}", markup=False)
            continue
        share = "leaf not found" if row["on_leaf"] is None else f"{row['on_leaf']:.0%} on the leaf"
        console.print(
            f"  {row['class_name']}  {probability(row['probability'])}  {share}", markup=False
        )
        console.print(f"  {row['picture']}", markup=False, soft_wrap=True)


def _kept(rows: list[dict[str, Any]], output: Path) -> str:
    """Return what is kept after an interruption, and how to continue."""
    pictures = sum("picture" in row for row in rows)
    if not pictures:
        return " before the first picture. The same command starts again."
    return (
        f" after {counted(len(rows), 'photo')}; {counted(pictures, 'picture')} are in "
        f"{str(output)!r}, complete. To continue, name the other photos."
    )


def _say_where(console: Console, output: Path) -> None:
    console.print(f"The pictures are in {output}", markup=False, soft_wrap=True)
