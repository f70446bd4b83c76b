"""The command ``transferleaf predict``: says of photos what they show, as it goes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer
from rich.console import Console

from transferleaf.commands.bulk import On, predict_in_bulk
from transferleaf.commands.ending import FOUND
from transferleaf.commands.examples import examples
from transferleaf.commands.json_output import STDOUT
from transferleaf.commands.models import ModelPath, open_classifier, open_model
from transferleaf.commands.output_files import checked_place
from transferleaf.commands.photo_paths import photo_paths

if TYPE_CHECKING:
    from transferleaf.commands.prediction_rows import Write

EXAMPLES = examples(
    "transferleaf predict runs/2026-01-31-leaves leaf.jpg",
    "transferleaf predict leaf.keras photos/ 'more/*.jpg' --csv found.csv",
    "transferleaf predict leaf.keras s3://clinic/2026/ --parquet s3://clinic/found --on ray",
    "find photos -newer last | transferleaf predict leaf.onnx - --jsonl -",
)

# Enough for a compiled engine, and few enough for results to come while one waits.
BATCH = 512


def predict(
    model: ModelPath,
    photos: Annotated[
        list[str],
        typer.Argument(metavar="PHOTOS...", help="Files, folders, patterns; - for names on stdin."),
    ],
    csv: Annotated[
        str | None,
        typer.Option(
            callback=checked_place, metavar="FILE", help="Write a CSV file; - for stdout."
        ),
    ] = None,
    jsonl: Annotated[
        str | None,
        typer.Option(
            callback=checked_place, metavar="FILE", help="Write JSON lines; - for stdout."
        ),
    ] = None,
    top_k: Annotated[int, typer.Option(min=1, help="How many classes to name.")] = 3,
    parquet: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Write Parquet files; photos and FOLDER may be URLs."),
    ] = None,
    on: On = None,
) -> None:
    """Say what photos show; how sure that is, where the classifier was calibrated.

    Results are written as they come. A file that is no photo is a row with an error.

    With --parquet, the same call goes on where an interrupted one stopped.

    Exit code 0: every photo has an answer; 1: some have none; 2: wrong usage.
    """
    _check_outputs(csv, jsonl, parquet, on)
    if parquet is not None:
        classifier = open_classifier(model)
        whole = predict_in_bulk(classifier, photos, parquet, on=on, top_k=top_k, stdin=sys.stdin)
        raise typer.Exit(0 if whole else FOUND)
    opened = open_model(model)
    paths = photo_paths(photos, sys.stdin)
    done = bad = 0
    with _writers(csv, jsonl) as writers:
        while batch := list(islice(paths, BATCH)):
            found = opened.predict_photos(batch, top_k=top_k)
            for write in writers:
                write(found)
            done += len(found)
            bad += sum(each.error is not None for each in found)
            _tell(done, bad)
    raise typer.Exit(FOUND if bad else 0)


def _check_outputs(csv: str | None, jsonl: str | None, parquet: str | None, on: str | None) -> None:
    if parquet is not None and (csv, jsonl) != (None, None):
        raise typer.BadParameter("--parquet is written alone; leave out --csv and --jsonl")
    if on is not None and parquet is None:
        raise typer.BadParameter("--on needs --parquet FOLDER, which workers can write to")
    if csv == jsonl == STDOUT:
        raise typer.BadParameter("only one of --csv and --jsonl can be written to stdout")


@contextmanager
def _writers(csv: str | None, jsonl: str | None) -> Iterator[list[Write]]:
    """What writes each batch: the files that were asked for, or else a table."""
    from transferleaf.commands.prediction_rows import csv_rows, json_lines, table_rows

    if csv is None and jsonl is None:
        yield [table_rows(Console())]
        return
    with _opened(csv) as csv_file, _opened(jsonl) as jsonl_file:
        writers = []
        if csv_file is not None:
            writers.append(csv_rows(csv_file))
        if jsonl_file is not None:
            writers.append(json_lines(jsonl_file))
        yield writers


@contextmanager
def _opened(place: str | None) -> Iterator[TextIO | None]:
    if place is None:
        yield None
    elif place == STDOUT:
        yield sys.stdout
    else:
        with Path(place).open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            yield file


def _tell(done: int, bad: int) -> None:
    """Say how far it is, on stderr, where it mixes with no results."""
    unread = f", {bad:,} of them without an answer" if bad else ""
    Console(stderr=True, highlight=False).print(f"{done:,} photos{unread}")
