"""Measure accuracy against time, with plain Keras, timm and fastai, and write a page.

    python -m benchmarks.peers --photos DATA --peer-python PEERS/bin/python --page docs/peers.md

``DATA`` contains ``plantvillage-large`` and ``plantvillage-large-leaves.csv``. The environment of
``PEERS`` has ``transferleaf[bench]``'s libraries. The result of each training is stored in
``measured.json``, and the training is only repeated with ``--again``. ``--only nothing`` writes the
page from stored results.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import typer
from rich.console import Console

import transferleaf as tl
from benchmarks.peers.curve import Curve, read_curve
from benchmarks.peers.page import write_page
from benchmarks.peers.recipes import BACKBONE, IMAGE_SIZE, IN_TORCH, RECIPES, Recipe
from benchmarks.second_order.draws import Draw, draws
from benchmarks.speed.job import Job, Places, command_line
from benchmarks.speed.machine import describe_machine
from benchmarks.speed.photos import lay_out_parts

MEASURED = Path("benchmarks/peers/measured.json")


def main(
    photos: Annotated[Path, typer.Option(help="Folder of the photo sets.")],
    only: Annotated[list[str] | None, typer.Option(help="Trainings to run.")] = None,
    size: Annotated[list[int] | None, typer.Option(help="Photos of each class; 0: all.")] = None,
    peer_python: Annotated[
        str, typer.Option(help="The Python that has the peers.")
    ] = sys.executable,
    again: Annotated[bool, typer.Option("--again", help="Repeat what is measured.")] = False,
    results: Annotated[Path, typer.Option(help="Where they are kept.")] = MEASURED,
    page: Annotated[Path | None, typer.Option(help="Page to write.")] = None,
) -> None:
    """Measure accuracy against time, with plain Keras, timm and fastai."""
    found: list[dict[str, Any]] = json.loads(results.read_text("utf-8")) if results.exists() else []
    machine = describe_machine()
    data = tl.LeafDataset.from_folder(
        photos / "plantvillage-large", leaves=photos / "plantvillage-large-leaves.csv"
    )
    for draw in draws(data, tuple(number or None for number in size or [60]), 1):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "photos"
            parts = _parts(data, draw)
            lay_out_parts(parts, folder)
            for title, recipe in RECIPES.items():
                key = {"title": title, "photos_a_class": draw.photos_a_class, "machine": machine}
                earlier = [training for training in found if key.items() <= training.items()]
                if (only and title not in only) or (earlier and not again):
                    continue
                Console().rule(f"{title}, {len(draw.train)} photos")
                curve = _curve(recipe, folder, Path(scratch), peer_python)
                found = [training for training in found if training not in earlier]
                found.append(
                    {
                        **key,
                        "library": recipe.library,
                        "settings": recipe.settings,
                        "photos": {name: len(part) for name, part in parts.items()},
                        **asdict(curve),
                    }
                )
                results.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
                Console().print(curve.best)
    if page is not None:
        write_page(page, found)


def _parts(data: tl.LeafDataset, draw: Draw) -> dict[str, tl.LeafDataset]:
    rows = {"train": draw.train, "val": draw.validation, "test": draw.test}
    return {name: data.subset(part) for name, part in rows.items()}


def _curve(recipe: Recipe, photos: Path, scratch: Path, peer_python: str) -> Curve:
    """Train in a new process, with an empty feature store."""
    in_torch = recipe.library in IN_TORCH
    weights = scratch / "weights.npz"
    if in_torch and not weights.exists():
        places = Places(photos=photos, store=scratch, weights=weights)
        job = Job(task="weights", backbone=BACKBONE, weights="imagenet")
        _run(
            sys.executable, "benchmarks.speed.contenders.our_classifier", command_line(job, places)
        )
    with tempfile.TemporaryDirectory(dir=scratch) as store:
        places = Places(photos=photos, store=Path(store), weights=weights)
        settings = {"backbone": BACKBONE, "image_size": IMAGE_SIZE, **recipe.settings}
        arguments = [
            json.dumps({name: str(path) for name, path in asdict(places).items()}),
            json.dumps(settings),
        ]
        module = f"benchmarks.peers.contenders.{recipe.contender}"
        return read_curve(_run(peer_python if in_torch else sys.executable, module, arguments))


def _run(python: str, module: str, arguments: list[str]) -> str:
    """Return the output of a module. Its other messages are shown."""
    return subprocess.run(
        [python, "-m", module, *arguments], stdout=subprocess.PIPE, text=True, check=True
    ).stdout


if __name__ == "__main__":
    typer.run(main)
