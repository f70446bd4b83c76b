"""The command ``transferleaf explain``: shows where in photos the evidence for a class lies."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from transferleaf.commands.grammar.ending import FOUND, when_stopped
from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.json_output import JsonFile, console_beside, write_json
from transferleaf.commands.grammar.models import TrainedModelPath, open_classifier
from transferleaf.commands.grammar.photo_paths import photo_paths, say_left_out
from transferleaf.datasets.photos.files import LeftOut
from transferleaf.terminal import from_strangers
from transferleaf.wording import counted

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
        typer.Argument(metavar="PHOTOS...", help="Files, folders, patterns; - for names on stdin."),
    ],
    output: Annotated[
        Path, typer.Option(metavar="FOLDER", file_okay=False, help="Where the pictures go.")
    ],
    class_name: Annotated[
        str | None, typer.Option(help="The class to explain; the most probable if not given.")
    ] = None,
    method: Annotated[
        str, typer.Option(metavar="stage-cam|grad-cam", help="How evidence is found.")
    ] = "stage-cam",
    save_json: JsonFile = None,
) -> None:
    """Draw over photos where the evidence for the class lies, and say how much is on the leaf.

    Pictures of an earlier call are replaced; photos of one name get a number each.

    Exit code 0: all photos were explained; 1: some cannot be read; 2: wrong usage.
    """
    console = console_beside(save_json)
    rows: list[dict[str, Any]] = []
    with when_stopped(lambda: _kept(rows, output)):
        classifier = open_classifier(model)
        output.mkdir(parents=True, exist_ok=True)
        for row in _explained(classifier, photos, output, class_name, method):
            rows.append(row)
    console.print(_table(rows))
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

    names: dict[str, int] = {}
    left_out = LeftOut()
    for path in photo_paths(photos, sys.stdin, left_out):
        try:
            found = classifier.explain(path, class_name=class_name, method=method)
        except PhotoError as error:
            yield {"path": str(path), "error": error.reason}
            continue
        number = names[path.stem] = names.get(path.stem, 0) + 1
        picture = output / f"{path.stem}{'' if number == 1 else f'-{number}'}.png"
        found.save(picture)
        yield {"path": str(path), "picture": str(picture), **found.to_dict()}
    say_left_out(left_out)


def _table(rows: list[dict[str, Any]]) -> Table:
    # Names that are cut short no longer tell one photo, or one class, from the next.
    names = ("photo", "class", "probability", "on the leaf", "picture")
    table = Table(*(Column(name, overflow="fold") for name in names))
    for row in rows:
        if "error" in row:
            cells = [f"error: {row['error']}", "", "", ""]
        else:
            share = "?" if row["on_leaf"] is None else f"{row['on_leaf']:.0%}"
            cells = [row["class_name"], f"{row['probability']:.3f}", share, row["picture"]]
        table.add_row(*map(from_strangers, [row["path"], *cells]))
    return table


def _kept(rows: list[dict[str, Any]], output: Path) -> str:
    """Say what an interrupt leaves, and how to go on."""
    pictures = sum("picture" in row for row in rows)
    if not pictures:
        return " before the first picture. The same call begins anew."
    return (
        f" after {counted(len(rows), 'photo')}; {counted(pictures, 'picture')} are in "
        f"{str(output)!r}, whole. The same call draws them anew; name the other photos to go on."
    )


def _say_where(console: Console, output: Path) -> None:
    console.print(f"The pictures are in {output}", markup=False, soft_wrap=True)
