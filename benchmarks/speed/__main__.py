"""Measure the speed compared with plain Keras, timm and fastai, and write a page.

    python -m benchmarks.speed --photos PlantVillage --leaves leaves.csv --page docs/benchmarks.md
    python -m benchmarks.speed --trial

Finished measurements are stored in the output folder. An interrupted call continues from them.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import transferleaf as tl
from benchmarks.speed.bench import Bench
from benchmarks.speed.lines import Line
from benchmarks.speed.machine import describe_machine
from benchmarks.speed.page import Circumstances, write_page
from benchmarks.speed.photos import PhotoFolders
from benchmarks.speed.results import Results
from benchmarks.speed.rows import ROWS
from benchmarks.speed.rows.sides import Section
from benchmarks.speed.scale import TRIAL, Scale
from transferleaf.datasets import LeafDataset, draw_leaves


def main(
    photos: Annotated[
        Path | None, typer.Option(help="Photos in class folders; leaves are drawn without.")
    ] = None,
    leaves: Annotated[Path | None, typer.Option(help="CSV of leaf ids: file,leaf.")] = None,
    only: Annotated[list[str] | None, typer.Option(help=f"Some rows of {', '.join(ROWS)}.")] = None,
    repeats: Annotated[int | None, typer.Option(help="Runs of each; 3 by default.")] = None,
    resnet_photos: Annotated[int | None, typer.Option(help="Of the frozen resnet50.")] = None,
    full: Annotated[bool, typer.Option("--full", help="All epochs of slow peers.")] = False,
    trial: Annotated[bool, typer.Option("--trial", help="Little work, to see it work.")] = False,
    peer_python: Annotated[
        str, typer.Option(help="The Python that has the peers.")
    ] = sys.executable,
    again: Annotated[list[str] | None, typer.Option(help="Contenders to measure anew.")] = None,
    output: Annotated[Path, typer.Option(help="Where results are kept.")] = Path("runs/speed"),
    page: Annotated[Path | None, typer.Option(help="Page to write, beside the output's.")] = None,
) -> None:
    """Measure the speed compared with plain Keras, timm and fastai."""
    rows = _checked_rows(only)
    scale = _scale(TRIAL if trial else Scale(), repeats, resnet_photos)
    scale = scale.in_full() if full else scale
    data, about = _open(photos, leaves, scale, output)
    machine = describe_machine()
    results = Results(output / "results.json", _circumstances(data, machine))
    if again:
        Console().print(f"Measured anew: {results.forget(again)} measurements are dropped.")
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(
            results=results,
            folders=PhotoFolders(data=data, folder=Path(scratch) / "photos"),
            peer_python=peer_python,
            scratch=Path(scratch),
            console=Console(),
        )
        sections = _measure(bench, scale, rows)
    _show([line for name in rows for line in sections[name].lines])
    facts = Circumstances(photos=about, machine=machine, versions=bench.versions, scale=scale)
    text = write_page(sections.values(), facts, bench.tried)
    for path in filter(None, (output / "benchmarks.md", page)):
        path.write_text(text, encoding="utf-8")
        Console().print(f"Written: {path}")


def _measure(bench: Bench, scale: Scale, rows: list[str]) -> dict[str, Section]:
    """Measure the requested rows, and load the stored results of the others."""
    for name in rows:
        bench.console.rule(name)
        ROWS[name](bench, scale)
    bench.runs_more = False
    bench.versions.clear()
    bench.tried.clear()
    return {name: row(bench, scale) for name, row in ROWS.items()}


def _checked_rows(only: list[str] | None) -> list[str]:
    for name in only or []:
        if name not in ROWS:
            raise typer.BadParameter(f"{name!r} is no row; choose from {', '.join(ROWS)}")
    return only or list(ROWS)


def _scale(scale: Scale, repeats: int | None, resnet_photos: int | None) -> Scale:
    if repeats is not None:
        scale = replace(scale, repeats=repeats)
    if resnet_photos is not None:
        scale = replace(scale, resnet_photos=resnet_photos)
    return scale


def _open(
    photos: Path | None, leaves: Path | None, scale: Scale, output: Path
) -> tuple[LeafDataset, str]:
    """Return the photos with a short description."""
    if photos is None:
        folder = output / f"drawn-{scale.drawn_per_class}"
        draw_leaves(folder, photos_per_class=scale.drawn_per_class)
        data = LeafDataset.from_folder(folder)
        return data, f"Photos: {len(data):,} drawn leaves of {len(data.classes)} classes"
    data = LeafDataset.from_folder(photos, leaves="auto" if leaves is None else leaves)
    return data, f"Photos: {len(data):,} of {len(data.classes)} classes in {photos.name}"


def _circumstances(data: LeafDataset, machine: str) -> str:
    content = hashlib.sha256(repr((data.fingerprint(), data.leaves)).encode()).hexdigest()[:16]
    return f"photos {content}; {machine}; transferleaf {tl.__version__}"


def _show(lines: list[Line]) -> None:
    """Print each line as a block, because six columns do not fit a terminal."""
    for line in lines:
        work, *cells = line.cells()
        Console().print(
            f"[bold]{work}[/bold]\n    {' | '.join(cells)}", highlight=False, soft_wrap=True
        )


if __name__ == "__main__":
    typer.run(main)
