"""Measure reviews of planted wrong labels, and ways to choose new photos; write a page of it.

    python -m benchmarks.review --photos DATA --page docs/review.md

``DATA`` holds ``field-mini``, ``plantvillage-mini`` and ``plantvillage-mini-leaves.csv``. Each
result is kept in ``measured.json``, and is not repeated unless ``--again`` is given. ``--only``
names a measurement; ``--only nothing`` writes the page from what is there. All take about 20
minutes on two cores.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import typer
from rich.console import Console

from benchmarks.review.page import write_page
from benchmarks.review.photos import PhotoSet
from benchmarks.review.planted import CASES, reviews
from benchmarks.review.teaching import COMPARISONS, choices

MEASURED = Path("benchmarks/review/measured.json")


def main(
    photos: Annotated[Path, typer.Option(help="Folder of the photo sets.")],
    only: Annotated[list[str] | None, typer.Option(help="Measurements to make.")] = None,
    seeds: Annotated[int | None, typer.Option(help="Repetitions of each.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Repeat what is measured.")] = False,
    results: Annotated[Path, typer.Option(help="Where they are kept.")] = MEASURED,
    page: Annotated[Path | None, typer.Option(help="Page to write.")] = None,
) -> None:
    """Measure what a review finds, and which new photos are worth a label."""
    found: dict[str, Any] = json.loads(results.read_text("utf-8")) if results.exists() else {}

    def keep(key: str, value: Any) -> None:
        found[key] = value
        results.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        Console().print(key, value)

    opened: dict[str, PhotoSet] = {}
    cases: dict[str, Any] = {**CASES, **COMPARISONS}
    for name, case in cases.items():
        if only and name not in only:
            continue
        missing = [
            seed for seed in range(seeds or case.seeds) if again or f"{name}; {seed}" not in found
        ]
        if not missing:
            continue
        if case.photos not in opened:
            opened[case.photos] = PhotoSet.open(photos, case.photos)
        for seed in missing:
            measure: Callable[..., Any] = reviews if name in CASES else choices
            keep(f"{name}; {seed}", measure(opened[case.photos], case, seed))
    if page is not None:
        write_page(page, found)


if __name__ == "__main__":
    typer.run(main)
