"""Writes the tables of docs/which-backbone.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.markdown import markdown_table, replaced
from transferleaf.backbones import get_backbone
from transferleaf.backbones.sizes import size_of


def write_tables(page: Path, measured: Mapping[str, Any]) -> None:
    """Write the tables between the marks of the page. The other text stays."""
    text = page.read_text(encoding="utf-8")
    for mark, table in (
        ("machine", f"Measured on {measured['machine']}. {measured['note']} {_spread(measured)}"),
        ("backbones", backbone_table(measured)),
        ("keras", keras_table(measured)),
    ):
        text = replaced(text, mark, table)
    page.write_text(text, encoding="utf-8")


def _spread(measured: Mapping[str, Any]) -> str:
    """Say how far the ratios of a backbone are apart, as a measure of their error."""
    spreads = []
    for each in measured["passes"].values():
        pairs = zip(each["seconds_a_photo"], each["reference_seconds_a_photo"], strict=True)
        ratios = [own / reference for own, reference in pairs]
        spreads.append(max(ratios) / min(ratios))
    return (
        f"The largest ratio of a backbone is {median(spreads):.1f} times its smallest, in the "
        "median over the backbones, so small differences mean nothing."
    )


def backbone_table(measured: Mapping[str, Any]) -> str:
    """Return a row for each backbone, from the fastest to the slowest."""
    passes = measured["passes"]
    rows = []
    for name in sorted(passes, key=lambda name: passes[name]["ratio"]):
        spec, size, found = get_backbone(name), size_of(name), passes[name]
        assert size is not None
        rows.append(
            (
                f"`{name}`",
                str(spec.image_size),
                f"{size.parameters / 1e6:.1f}",
                f"{size.multiply_adds / 1e9:.2f}",
                _rounded(found["ratio"] * measured["reference_seconds"] * 1000),
                f"{found['ratio']:.1f}",
                spec.license,
                spec.source,
            )
        )
    heads = (
        "backbone",
        "pixels",
        "parameters, M",
        "multiply-adds, G",
        "seconds",
        "relative",
        "licence",
        "source",
    )
    return markdown_table(heads, rows)


def keras_table(measured: Mapping[str, Any]) -> str:
    """Return a row for each network whose pass was compared with that of plain Keras."""
    rows = [
        (f"`{name}`", each["engine"], f"{each['times_as_fast']:.1f}")
        for name, each in measured["beside_keras"].items()
    ]
    return markdown_table(("backbone", "engine", "times as fast as `predict` of Keras"), rows)


def _rounded(seconds: float) -> str:
    return f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.1f}"
