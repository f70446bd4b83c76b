"""The command ``transferleaf predict``: predicts the class of each photo."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TextIO

import typer

from transferleaf.commands.grammar.bulk import On, predict_in_bulk
from transferleaf.commands.grammar.ending import FOUND, when_stopped
from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.json_output import STDOUT, JsonFile, write_json
from transferleaf.commands.grammar.models import (
    BatchSize,
    ModelPath,
    Trust,
    open_classifier,
    open_model,
)
from transferleaf.commands.grammar.output_files import checked_output_path
from transferleaf.commands.grammar.photo_paths import photo_paths, say_left_out
from transferleaf.commands.results.earlier_rows import EarlierRows, earlier_csv, earlier_json_lines
from transferleaf.datasets.photos.files import LeftOut
from transferleaf.process.quiet_start import told_meanwhile
from transferleaf.text.terminal import Terminal
from transferleaf.text.wording import counted

if TYPE_CHECKING:
    from transferleaf.commands.grammar.prediction_rows import Write

EXAMPLES = examples(
    "transferleaf predict runs/2026-01-31-leaves leaf.jpg",
    "transferleaf predict leaf.keras photos/ 'more/*.jpg' --csv found.csv",
    "transferleaf predict leaf.keras s3://clinic/2026/ --parquet s3://clinic/found --on ray",
    "find photos -newer last | transferleaf predict leaf.onnx - --jsonl -",
)

# Enough for a compiled engine, and small enough for frequent output.
BATCH = 512


def predict(
    model: ModelPath,
    photos: Annotated[
        list[str],
        typer.Argument(
            metavar="PHOTOS", help="Files, folders or patterns; - reads names from stdin."
        ),
    ],
    csv: Annotated[
        str | None,
        typer.Option(
            callback=checked_output_path, metavar="FILE", help="Write a CSV file; - for stdout."
        ),
    ] = None,
    jsonl: Annotated[
        str | None,
        typer.Option(
            callback=checked_output_path,
            metavar="FILE",
            help="Write one JSON object per line; - for stdout.",
        ),
    ] = None,
    save_json: JsonFile = None,
    top_k: Annotated[
        int, typer.Option("--top-k", "-k", min=1, metavar="N", help="Classes to name per photo.")
    ] = 1,
    batch_size: BatchSize = 32,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep the rows of the file and add the missing ones.")
    ] = False,
    parquet: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Write Parquet files; photos and FOLDER may be URLs."),
    ] = None,
    on: On = None,
    trust: Trust = False,
) -> None:
    """Predict the class of each photo, and say whether to trust the prediction.

    The verdict is sure, unsure, unknown (unlike the leaves of the training) or uncalibrated.
    Results are written as they come. A file that cannot be read as a photo is a row with an error.

    After an interrupt, --resume continues with --csv or --jsonl; --parquet always continues.

    Exit code 0: every photo has a prediction; 1: some have none; 2: wrong usage.
    """
    _check_outputs(csv, jsonl, save_json, parquet, on)
    if resume:
        _check_resume(csv, jsonl, save_json, parquet)
    if parquet is not None:
        # Checked here, so that --help is fast, and before the network is loaded.
        from transferleaf.scaling.extras import need_for_bulk

        need_for_bulk(on)
        with when_stopped(lambda: ". Complete files are kept: the same command continues."):
            whole = predict_in_bulk(
                open_classifier(model), photos, parquet, on=on, top_k=top_k, stdin=sys.stdin
            )
        raise typer.Exit(0 if whole else FOUND)
    earlier = _earlier(csv, jsonl, top_k) if resume else EarlierRows()
    done, bad = len(earlier.paths), earlier.bad
    verdicts: set[str] = set()
    left_out = LeftOut()
    with when_stopped(lambda: _kept(done, csv, jsonl)):
        opened = open_model(model, trust=trust)
        asked = photo_paths(photos, sys.stdin, left_out)
        paths = (path for path in asked if str(path) not in earlier.paths)
        outputs = OutputPaths(csv=csv, jsonl=jsonl, json=save_json, top_k=top_k)
        with _writers(outputs, heading=not earlier.paths) as writers:
            while batch := list(islice(paths, BATCH)):
                with told_meanwhile(f"Classifying {counted(len(batch), 'photo')} ..."):
                    found = opened.predict_photos(batch, top_k=top_k, batch_size=batch_size)
                for write in writers:
                    write(found)
                done += len(found)
                bad += sum(each.error is not None for each in found)
                verdicts.update(each.verdict for each in found if each.verdict is not None)
                _tell(done, bad)
        say_left_out(left_out)
    if outputs.table:
        _explain(verdicts)
    raise typer.Exit(FOUND if bad else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputPaths:
    """The output files; ``-`` is stdout.

    Attributes:
        csv: A CSV file.
        jsonl: A file of JSON lines.
        json: A JSON file.
        top_k: Number of classes per row.
    """

    csv: str | None
    jsonl: str | None
    json: str | None
    top_k: int

    @property
    def table(self) -> bool:
        """Whether to print a table, because no file was requested."""
        return (self.csv, self.jsonl, self.json) == (None, None, None)


def _check_outputs(
    csv: str | None, jsonl: str | None, save_json: str | None, parquet: str | None, on: str | None
) -> None:
    files = (csv, jsonl, save_json)
    if parquet is not None and files != (None, None, None):
        raise typer.BadParameter("--parquet is written alone; leave out --csv, --jsonl and --json")
    if on is not None and parquet is None:
        raise typer.BadParameter("--on needs --parquet FOLDER, which workers can write to")
    if files.count(STDOUT) > 1:
        raise typer.BadParameter("only one of --csv, --jsonl and --json can be written to stdout")


def _check_resume(
    csv: str | None, jsonl: str | None, save_json: str | None, parquet: str | None
) -> None:
    if parquet is not None:
        raise typer.BadParameter("--parquet continues by itself; leave out --resume")
    if save_json is not None or (csv is None) == (jsonl is None) or STDOUT in (csv, jsonl):
        raise typer.BadParameter("--resume continues one file: that of --csv or of --jsonl")


def _earlier(csv: str | None, jsonl: str | None, top_k: int) -> EarlierRows:
    if csv is not None:
        return earlier_csv(Path(csv), top_k=top_k)
    assert jsonl is not None
    return earlier_json_lines(Path(jsonl))


def _kept(done: int, csv: str | None, jsonl: str | None) -> str:
    """Return what is kept after an interruption, and how to continue."""
    after = f" after {counted(done, 'photo')}"
    files = [place for place in (csv, jsonl) if place not in (None, STDOUT)]
    if not files:
        return f"{after}. To continue after an interrupt, write --csv FILE or --jsonl FILE."
    kept = f"{after}; their rows are in {' and '.join(map(repr, files))}"
    if len(files) > 1:
        return f"{kept}. Continue with one of them and --resume."
    return f"{kept}. Continue with the same command and --resume."


@contextmanager
def _writers(outputs: OutputPaths, *, heading: bool) -> Iterator[list[Write]]:
    """Return the writers of each batch: the requested files, or otherwise a table."""
    from transferleaf.commands.grammar.prediction_rows import (
        csv_rows,
        json_lines,
        row_of,
        table_rows,
    )

    if outputs.table:
        yield [table_rows(Terminal())]
        return
    mode: Literal["w", "a"] = "w" if heading else "a"
    rows: list[dict[str, Any]] = []
    with _opened(outputs.csv, mode) as csv_file, _opened(outputs.jsonl, mode) as jsonl_file:
        writers: list[Write] = []
        if csv_file is not None:
            writers.append(csv_rows(csv_file, top_k=outputs.top_k, heading=heading))
        if jsonl_file is not None:
            writers.append(json_lines(jsonl_file))
        if outputs.json is not None:
            writers.append(lambda batch: rows.extend(map(row_of, batch)))
        yield writers
    write_json(rows, outputs.json)


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
    """Print the progress on stderr."""
    unread = f", {bad:,} of them without a prediction" if bad else ""
    Terminal(stderr=True, highlight=False).print(f"{counted(done, 'photo')}{unread}")


def _explain(verdicts: set[str]) -> None:
    """Print the meaning of the verdicts."""
    from transferleaf.predictions import VERDICTS

    console = Terminal(stderr=True, highlight=False)
    for verdict, meaning in VERDICTS.items():
        if verdict in verdicts and verdict != "sure":
            console.print(f"{verdict}: {meaning}.", soft_wrap=True)
