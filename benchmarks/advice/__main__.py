"""Run all policies on many data sets, compare the advice with the best, and write a page of it.

    python -m benchmarks.advice --photos DATA --page docs/advice.md

``DATA`` holds ``plantvillage-mini``, ``plantvillage-mini-leaves.csv``, ``field-mini`` and
``dissimilar-mini``; drawn leaves and digits are used without. Takes hours; finished runs are kept,
and a call that was stopped goes on where it was. ``--part 1/2`` and ``--part 2/2`` may run at a
time, in two processes. ``--only nothing --page docs/advice.md`` writes
the tables from what was measured. After a change of how the library trains,
``--forget-runs --only nothing`` once, then ``--photos DATA --only runs``: evidence stays.
"""

from __future__ import annotations

import time
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Annotated

import keras
import typer
from rich.console import Console

from benchmarks.advice.cells import POLICIES, Cell, CellPhotos, photos_of, run_policy
from benchmarks.advice.page import measured_places, write_references, write_tables
from benchmarks.advice.photo_sets import PhotoSet, RealPhotos, photo_sets
from benchmarks.advice.results import Results
from transferleaf.advice.measuring.gathering import gather_evidence
from transferleaf.datasets import LeafDataset

SIZES = (20, None, 5)
REFERENCES = Path("transferleaf/advice/references.json")


class Only(str, Enum):
    """What to measure."""

    RUNS = "runs"
    EVIDENCE = "evidence"
    NOTHING = "nothing"


def main(
    photos: Annotated[Path | None, typer.Option(help="Folder of the real photos.")] = None,
    backbone: str = "efficientnet_lite0",
    image_size: int = 96,
    seeds: int = 3,
    part: Annotated[str, typer.Option(help="Such as 1/2: every other cell.")] = "1/1",
    only: Annotated[
        Only | None, typer.Option(help="What to measure; all of it if not given.")
    ] = None,
    other_backbones: Annotated[
        list[str] | None, typer.Option("--also", help="More networks to gather evidence with.")
    ] = None,
    output: Annotated[Path, typer.Option(help="Where photos are made.")] = Path("runs/advice"),
    results_file: Annotated[Path, typer.Option("--results", help="What was measured.")] = Path(
        "benchmarks/advice/measured.json"
    ),
    forget_runs: Annotated[
        bool, typer.Option("--forget-runs", help="Begin anew with all runs.")
    ] = False,
    page: Annotated[Path | None, typer.Option(help="Page whose tables are written.")] = None,
) -> None:
    """Run all policies on many data sets."""
    sets = photo_sets(None if photos is None else _real(photos), output / "photos")
    results = Results(results_file)
    if forget_runs:
        results.forget_runs()
    cells = _cells(sets, seeds)
    number, parts = map(int, part.split("/"))
    by_name = {each.name: each for each in sets}
    for cell in cells[number - 1 :: parts]:
        if only is Only.NOTHING:
            break
        photos_of_cell = photos_of(cell, _opened(by_name[cell.photo_set]))
        if only is not Only.EVIDENCE:
            _run_cell(cell, photos_of_cell, results, backbone, image_size)
        if only is not Only.RUNS:
            for name in (backbone, *(other_backbones or ())):
                _gather(cell, photos_of_cell, results, name, image_size)
    if page is not None:
        names = (backbone, *(other_backbones or ()))
        places = measured_places(results, sets, names)
        write_tables(page, places, results)
        write_references(REFERENCES, places[backbone], backbone)


def _real(folder: Path) -> RealPhotos:
    return RealPhotos(
        plantvillage=folder / "plantvillage-mini",
        leaves=folder / "plantvillage-mini-leaves.csv",
        field=folder / "field-mini",
        steel=folder / "dissimilar-mini",
    )


def _cells(sets: tuple[PhotoSet, ...], seeds: int) -> list[Cell]:
    """All cells, each seed after the one before, so that a stopped run says most."""
    return [
        Cell(photo_set=each.name, per_class=size, seed=seed)
        for seed in range(seeds)
        for size in SIZES
        for each in sets
    ]


@cache
def _opened(photo_set: PhotoSet) -> LeafDataset:
    return photo_set.open()


def _gather(
    cell: Cell, photos: CellPhotos, results: Results, backbone: str, image_size: int
) -> None:
    """Keep what the advice reads from the photos that a user would have."""
    if cell in results.evidence(backbone):
        return
    began = time.monotonic()
    evidence = gather_evidence(
        photos.own, backbone=backbone, image_size=image_size, seed=cell.seed, verbose=0
    )
    results.keep_evidence(cell, backbone, evidence.to_dict())
    keras.backend.clear_session()
    Console().print(
        f"{cell}: evidence of {backbone}, {time.monotonic() - began:.0f} s", highlight=False
    )


def _run_cell(
    cell: Cell, photos: CellPhotos, results: Results, backbone: str, image_size: int
) -> None:
    done = results.runs().get(cell, {})
    for policy in POLICIES:
        if policy in done:
            continue
        began = time.monotonic()
        result = run_policy(
            policy, photos, backbone=backbone, image_size=image_size, seed=cell.seed
        )
        results.keep_run(cell, policy, result)
        Console().print(
            f"{cell}: {policy} {result.accuracy:.3f} (epoch {result.best_epoch}), "
            f"{time.monotonic() - began:.0f} s",
            highlight=False,
        )


if __name__ == "__main__":
    typer.run(main)
