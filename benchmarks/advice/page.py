"""Writes the tables of the benchmark into docs/advice.md, and the files of the library."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean

from benchmarks.advice.photo_sets import PhotoSet
from benchmarks.advice.places import Place, places_of
from benchmarks.advice.results import Results
from benchmarks.advice.tables import (
    bar_table,
    coverage_table,
    order_table,
    place_table,
    price_table,
    regret_table,
    regrets_of_all,
)
from benchmarks.advice.times import time_table
from benchmarks.markdown import replaced
from transferleaf.advice.evidence import Evidence
from transferleaf.advice.position import MatrixPosition, position_of
from transferleaf.freezing import BackboneLayers

_REFERENCES = {
    "plantvillage": "PlantVillage",
    "field leaves": "field leaves",
    "drawn leaves": "drawn leaves",
    "steel": "steel surfaces",
}


def measured_places(
    results: Results,
    sets: Sequence[PhotoSet],
    backbone: str,
    layers: BackboneLayers | None = None,
) -> list[Place]:
    """Return what was measured with a backbone, whose layers give the expected times."""
    families = {each.name: each.family for each in sets}
    return places_of(results.runs(), results.evidence(backbone), families, layers)


def write_tables(page: Path, places: Sequence[Place], layers: BackboneLayers) -> None:
    """Write the tables between the marks of a page. The other text stays."""
    regrets = regrets_of_all(places)
    text = page.read_text(encoding="utf-8")
    for name, table in (
        ("order", order_table(places)),
        ("regrets", regret_table(regrets)),
        ("bars", bar_table(places, regrets)),
        ("prices", price_table(places)),
        ("coverage", coverage_table(places)),
        ("places", place_table(places)),
        ("times", time_table(places, layers)),
    ):
        text = replaced(text, name, table)
    page.write_text(text, encoding="utf-8")


def write_landscape(path: Path, places: Sequence[Place]) -> None:
    """Write the measured landscape of the library."""
    rows = [asdict(row) for place in places for row in place.rows()]
    lines = ",\n".join(f" {json.dumps(row)}" for row in rows)
    path.write_text(f"[\n{lines}\n]\n", encoding="ascii")


def write_references(path: Path, results: Results, backbone: str) -> None:
    """Write the positions of real and drawn photos for the figure of the library."""
    found: dict[str, list[MatrixPosition]] = {}
    for cell, evidence in results.evidence(backbone).items():
        if cell.per_class is None and cell.photo_set in _REFERENCES:
            position = position_of(Evidence.from_dict(evidence))
            found.setdefault(cell.photo_set, []).append(position)
    entries = [
        {
            "name": _REFERENCES[name],
            "backbone": backbone,
            "similarity": round(fmean(each.similarity for each in positions), 3),
            "size": round(fmean(each.size for each in positions), 3),
        }
        for name, positions in found.items()
    ]
    lines = ",\n".join(f" {json.dumps(entry)}" for entry in entries)
    path.write_text(f"[\n{lines}\n]\n", encoding="ascii")
