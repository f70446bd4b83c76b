"""Train all choices on many photo sets, compare the advice with the best, and write its page.

    python -m benchmarks.advice --photos DATA --page docs/advice.md

``DATA`` holds ``plantvillage-large``, ``plantvillage-large-leaves.csv``, ``field-mini`` and
``dissimilar-mini``. Drawn leaves and digits are generated. All cells take about a day on two
cores. Each training is kept in ``measured.json``, so a later call continues. ``--size`` and
``--choice`` select cells. ``--only nothing --page docs/advice.md`` writes the tables from the
stored results.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Annotated

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import typer
from rich.console import Console

from benchmarks.advice.cells import CHOICES, Cell, CellPhotos, photos_of, run_choice
from benchmarks.advice.page import (
    measured_places,
    write_landscape,
    write_references,
    write_tables,
)
from benchmarks.advice.photo_sets import PhotoSet, RealPhotos, photo_sets
from benchmarks.advice.results import Results
from benchmarks.advice.times import fitted_constants
from transferleaf.advice.measuring.gathering import gather_evidence
from transferleaf.backbones import build_backbone, get_backbone
from transferleaf.datasets import LeafDataset
from transferleaf.training.assembly import resolve_backbone

SIZES = (20, 60, 200, None, 5)
# A size for which most classes have too few photos is left out.
_ENOUGH = 0.6
REFERENCES = Path("transferleaf/advice/references.json")
LANDSCAPE = Path("transferleaf/advice/landscape.json")


class Only(str, Enum):
    """What to measure."""

    RUNS = "runs"
    EVIDENCE = "evidence"
    NOTHING = "nothing"


def main(
    photos: Annotated[Path | None, typer.Option(help="Folder of the real photos.")] = None,
    backbone: str = "efficientnet_lite0",
    image_size: int = 96,
    size: Annotated[list[int] | None, typer.Option(help="Photos of each class; 0: all.")] = None,
    photo_set: Annotated[list[str] | None, typer.Option(help="Photo sets to measure.")] = None,
    choice: Annotated[list[str] | None, typer.Option(help="Choices to train.")] = None,
    only: Annotated[Only | None, typer.Option(help="What to measure. Default: all.")] = None,
    output: Annotated[Path, typer.Option(help="Folder of generated photos.")] = Path("runs/advice"),
    results_file: Annotated[Path, typer.Option("--results", help="File of the results.")] = Path(
        "benchmarks/advice/measured.json"
    ),
    page: Annotated[Path | None, typer.Option(help="Page to write.")] = None,
) -> None:
    """Train all choices on many photo sets."""
    sets = photo_sets(None if photos is None else _real(photos), output / "photos")
    results = Results(results_file)
    by_name = {each.name: each for each in sets}
    wanted = [name for name in CHOICES if not choice or name in choice]
    for cell in _cells(sets):
        skipped = (size and (cell.per_class or 0) not in size) or (
            photo_set and cell.photo_set not in photo_set
        )
        if only is Only.NOTHING or skipped:
            continue
        data = _opened(by_name[cell.photo_set])
        found = photos_of(cell, data)
        if cell.per_class and not _enough(cell.per_class, found.own):
            continue  # the same photos as "all", or nearly
        if only is not Only.EVIDENCE and not (cell.per_class is None and _sized(found.own)):
            _run_cell(cell, found, results, wanted, backbone, image_size)
        if only is not Only.RUNS:
            _gather(cell, found, results, backbone, image_size)
    if page is not None:
        layers = resolve_backbone(backbone, weights=None, stages=None, image_size=None).describe()
        places = measured_places(results, sets, backbone, layers)
        Console().print(fitted_constants(places, layers))
        write_tables(page, places, layers)
        write_landscape(LANDSCAPE, places)
        write_references(REFERENCES, results, backbone)


def _real(folder: Path) -> RealPhotos:
    return RealPhotos(
        plantvillage=folder / "plantvillage-large",
        leaves=folder / "plantvillage-large-leaves.csv",
        field=folder / "field-mini",
        steel=folder / "dissimilar-mini",
    )


def _cells(sets: tuple[PhotoSet, ...]) -> list[Cell]:
    """Return all cells, one seed after the other."""
    return [
        Cell(photo_set=each.name, per_class=size, seed=seed)
        for seed in range(max(each.seeds for each in sets))
        for size in SIZES
        for each in sets
        if seed < each.seeds
    ]


def _enough(size: int, data: LeafDataset) -> bool:
    return len(data) >= _ENOUGH * size * len(data.classes)


def _sized(data: LeafDataset) -> bool:
    """Whether one of the sizes uses all photos."""
    most = max(data.class_counts().values())
    return any(size >= most and _enough(size, data) for size in SIZES if size)


@cache
def _opened(photo_set: PhotoSet) -> LeafDataset:
    return photo_set.open()


def _gather(
    cell: Cell, photos: CellPhotos, results: Results, backbone: str, image_size: int
) -> None:
    """Keep the evidence of the photos that a user would have."""
    if cell in results.evidence(backbone):
        return
    began = time.monotonic()
    evidence = gather_evidence(
        photos.own,
        backbone=build_backbone(get_backbone(backbone), image_size=image_size),
        augmented=True,
        seed=cell.seed,
        verbose=0,
    )
    results.keep_evidence(cell, backbone, evidence.to_dict())
    keras.backend.clear_session()
    Console().print(
        f"{cell}: evidence of {backbone}, {time.monotonic() - began:.0f} s", highlight=False
    )


def _run_cell(
    cell: Cell,
    photos: CellPhotos,
    results: Results,
    names: Sequence[str],
    backbone: str,
    image_size: int,
) -> None:
    """Train the choices that have no result yet, in a store of their own."""
    with tempfile.TemporaryDirectory() as cache:
        for name in names:
            if name in results.runs().get(cell, {}):
                continue
            result = run_choice(
                CHOICES[name],
                photos,
                backbone=backbone,
                image_size=image_size,
                seed=cell.seed,
                cache=cache,
            )
            results.keep_run(cell, name, result)
            Console().print(
                f"{cell}: {name} {result.accuracy:.4f} (epoch {result.best_epoch}), "
                f"{result.seconds['total']:.0f} s",
                highlight=False,
            )


if __name__ == "__main__":
    typer.run(main)
