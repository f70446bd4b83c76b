"""The command ``transferleaf predict``: says of photos what they show, as it goes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TextIO

import typer

from transferleaf.commands.earlier_rows import EarlierRows, earlier_csv, earlier_json_lines
from transferleaf.commands.grammar.bulk import On, predict_in_bulk
from transferleaf.commands.grammar.ending import FOUND, when_stopped
from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.json_output import STDOUT
from transferleaf.commands.grammar.models import ModelPath, Trust, open_classifier, open_model
from transferleaf.commands.grammar.output_files import checked_place
from transferleaf.commands.grammar.photo_paths import photo_paths, say_left_out
from transferleaf.datasets.photos.files import LeftOut
from transferleaf.terminal import Terminal
from transferleaf.wording import counted

if TYPE_CHECKING:
    from transferleaf.commands.grammar.prediction_rows import Write

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
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep the rows of the file, and add what it lacks.")
    ] = False,
    parquet: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Write Parquet files; photos and FOLDER may be URLs."),
    ] = None,
    on: On = None,
    trust: Trust = False,
) -> None:
    """Say what photos show; how sure that is, where the classifier was calibrated.

    Results are written as they come. A file that is no photo is a row with an error.

    An interrupted call goes on with --resume, for --csv or --jsonl; with --parquet it always does.

    Exit code 0: every photo has an answer; 1: some have none; 2: wrong usage.
    """
    _check_outputs(csv, jsonl, parquet, on)
    if resume:
        _check_resume(csv, jsonl, parquet)
    if parquet is not None:
        # Here, so that --help does not wait for it; and before the network is loaded for nothing.
        from transferleaf.scaling.extras import need_for_bulk

        need_for_bulk(on)
        with when_stopped(lambda: ". Whole files are kept: the same call goes on from there."):
            whole = predict_in_bulk(
                open_classifier(model), photos, parquet, on=on, top_k=top_k, stdin=sys.stdin
            )
        raise typer.Exit(0 if whole else FOUND)
    earlier = _earlier(csv, jsonl) if resume else EarlierRows()
    done, bad, left_out = len(earlier.paths), earlier.bad, LeftOut()
    with when_stopped(lambda: _kept(done, csv, jsonl)):
        opened = open_model(model, trust=trust)
        asked = photo_paths(photos, sys.stdin, left_out)
        paths = (path for path in asked if str(path) not in earlier.paths)
        with _writers(csv, jsonl, heading=not earlier.paths) as writers:
            while batch := list(islice(paths, BATCH)):
                found = opened.predict_photos(batch, top_k=top_k)
                for write in writers:
                    write(found)
                done += len(found)
                bad += sum(each.error is not None for each in found)
                _tell(done, bad)
        say_left_out(left_out)
    raise typer.Exit(FOUND if bad else 0)


def _check_outputs(csv: str | None, jsonl: str | None, parquet: str | None, on: str | None) -> None:
    if parquet is not None and (csv, jsonl) != (None, None):
        raise typer.BadParameter("--parquet is written alone; leave out --csv and --jsonl")
    if on is not None and parquet is None:
        raise typer.BadParameter("--on needs --parquet FOLDER, which workers can write to")
    if csv == jsonl == STDOUT:
        raise typer.BadParameter("only one of --csv and --jsonl can be written to stdout")


def _check_resume(csv: str | None, jsonl: str | None, parquet: str | None) -> None:
    if parquet is not None:
        raise typer.BadParameter("--parquet goes on by itself; leave out --resume")
    if (csv is None) == (jsonl is None) or STDOUT in (csv, jsonl):
        raise typer.BadParameter("--resume goes on with one file: that of --csv or of --jsonl")


def _earlier(csv: str | None, jsonl: str | None) -> EarlierRows:
    if csv is not None:
        return earlier_csv(Path(csv))
    assert jsonl is not None
    return earlier_json_lines(Path(jsonl))


def _kept(done: int, csv: str | None, jsonl: str | None) -> str:
    """Say what an interrupt leaves, and how to go on."""
    after = f" after {counted(done, 'photo')}"
    files = [place for place in (csv, jsonl) if place not in (None, STDOUT)]
    if not files:
        return f"{after}. To go on after an interrupt, write --csv FILE or --jsonl FILE."
    kept = f"{after}, whose rows are in {' and '.join(map(repr, files))}"
    if len(files) > 1:
        return f"{kept}. Go on with one of them, and --resume."
    return f"{kept}. Go on with the same call and --resume."


@contextmanager
def _writers(csv: str | None, jsonl: str | None, *, heading: bool) -> Iterator[list[Write]]:
    """What writes each batch: the files that were asked for, or else a table."""
    from transferleaf.commands.grammar.prediction_rows import csv_rows, json_lines, table_rows

    if csv is None and jsonl is None:
        yield [table_rows(Terminal())]
        return
    mode: Literal["w", "a"] = "w" if heading else "a"
    with _opened(csv, mode) as csv_file, _opened(jsonl, mode) as jsonl_file:
        writers = []
        if csv_file is not None:
            writers.append(csv_rows(csv_file, heading=heading))
        if jsonl_file is not None:
            writers.append(json_lines(jsonl_file))
        yield writers


@contextmanager
def _opened(place: str | None, mode: Literal["w", "a"]) -> Iterator[TextIO | None]:
    if place is None:
        yield None
    elif place == STDOUT:
        yield sys.stdout
    else:
        path = Path(place)
        with path.open(mode, encoding="utf-8", errors="surrogateescape", newline="") as file:
            yield file


def _tell(done: int, bad: int) -> None:
    """Say how far it is, on stderr, where it mixes with no results."""
    unread = f", {bad:,} of them without an answer" if bad else ""
    Terminal(stderr=True, highlight=False).print(f"{counted(done, 'photo')}{unread}")
