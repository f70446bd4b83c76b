"""The command ``transferleaf backbones``: lists the available networks, or ranks them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.table import Table

from transferleaf.commands.grammar.ending import FOUND, when_stopped
from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.json_output import (
    STDOUT,
    JsonFile,
    console_beside,
    write_json,
)
from transferleaf.text.terminal import from_strangers

if TYPE_CHECKING:
    from transferleaf.advice.advice import Advice
    from transferleaf.backbones.spec import BackboneSpec
    from transferleaf.ranking.ranking import Ranking

EXAMPLES = examples(
    "transferleaf backbones",
    "transferleaf backbones 'resnet*'",
    "transferleaf backbones --json -",
    "transferleaf backbones 'efficientnet_lite*' --rank PlantVillage --seconds 300",
)

_SECONDS = 600
_LONGEST_NAME = 30  # characters; the table fits 80 columns
_MOST_SOURCES = 20  # backbones whose sources are shown below the table


def backbones(
    pattern: Annotated[
        str, typer.Argument(metavar="PATTERN", help='Pattern of names, such as "resnet*".')
    ] = "*",
    rank: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Rank the backbones with downloaded or installed weights for these photos.",
        ),
    ] = None,
    seconds: Annotated[
        int,
        typer.Option(
            min=1,
            metavar="N",
            help="Time limit of --rank: a sample of the photos is compared if all take too long.",
        ),
    ] = _SECONDS,
    save_json: JsonFile = None,
) -> None:
    """List the available backbones, or rank them for your photos.

    Exit code 0: some match; 1: none matches.
    """
    from transferleaf.backbones.registry import get_backbone, list_backbones

    specs = [get_backbone(name) for name in list_backbones(pattern)]
    if not specs:
        write_json([], save_json)
        told = f"No backbone has a name like '{pattern}'; transferleaf backbones lists all."
        console_beside(save_json).print(told, markup=False)
        raise typer.Exit(FOUND)
    if rank is not None:
        _rank(specs, rank, seconds, save_json)
        return
    write_json([_facts(spec) for spec in specs], save_json)
    console_beside(save_json).print(_listing(specs))


def _rank(specs: Sequence[BackboneSpec], photos: Path, seconds: int, save_json: str | None) -> None:
    work = _candidates(specs)
    console = console_beside(save_json)
    if not work:
        told = (
            "None of these backbones has its weights on this computer; "
            "train or advise downloads them."
        )
        write_json({}, save_json)
        console.print(told, markup=False)
        raise typer.Exit(FOUND)
    with when_stopped(lambda: ". Computed features are stored: the same command continues."):
        found = _ranking(work, photos, seconds, verbose=0 if save_json == STDOUT else 1)
    write_json(found.to_dict(), save_json)
    console.print(found)


def _candidates(specs: Sequence[BackboneSpec]) -> dict[str, int]:
    """Return the work for a photo of each network whose weights are on this computer."""
    from transferleaf.backbones.sizes import size_of
    from transferleaf.backbones.weights.here import weights_here

    def work(name: str) -> int:
        size = size_of(name)
        return 0 if size is None else size.multiply_adds

    return {spec.name: work(spec.name) for spec in specs if weights_here(spec.name) is not None}


def _ranking(work: dict[str, int], photos: Path, seconds: int, *, verbose: int) -> Ranking:
    from transferleaf.process.quiet_start import start_tensorflow_quietly

    start_tensorflow_quietly()
    from transferleaf.advice.advising import advice_on
    from transferleaf.datasets import LeafDataset, open_leaves
    from transferleaf.ranking.timed_ranking import rank_in_time, seconds_for_a_photo
    from transferleaf.text.progress import Reporter

    def advice(data: LeafDataset, name: str) -> Advice:
        return advice_on(data, backbone=name, image_size=None, verbose=verbose)

    return rank_in_time(
        open_leaves(photos),
        work,
        advice,
        seconds=seconds,
        photo_seconds=seconds_for_a_photo,
        tell=Reporter(verbose).say,
    )


def _listing(specs: Sequence[BackboneSpec]) -> Group:
    """Return a table of the backbones with short names, and two lines for each other backbone."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for column in ("backbone", "pixels", "weights", "work", "file", "licence"):
        right = column in ("pixels", "weights", "work")
        table.add_column(column, justify="right" if right else "left", no_wrap=True)
    lines, sources = [], []
    for facts in map(_facts, specs):
        sources.append(f"{facts['name']}: {facts['source']}")
        values = (
            str(facts["image_size"]),
            _millions(facts["parameters"]),
            _millions(facts["multiply_adds"], 0),
            _weights(facts),
            facts["license"],
        )
        if len(facts["name"]) <= _LONGEST_NAME:
            table.add_row(facts["name"], *values)
        else:
            pixels, parameters, work, file, license = values
            lines.append(
                f"{facts['name']}\n    {pixels} px, {parameters or '?'} weights, "
                f"work {work or '?'}, {file}, {license}"
            )
    note = "Weights in millions, work in millions of multiply-adds per photo."
    if len(sources) > _MOST_SOURCES:
        sources = ["A pattern of names also shows the sources."]
    more = "--json has stages and published accuracies."
    shown = [table] if table.row_count else []
    return Group(*shown, *map(from_strangers, [*lines, note, *sources, more]))


def _millions(number: int | None, decimals: int = 1) -> str:
    return "" if number is None else f"{number / 1e6:,.{decimals}f}"


def _weights(facts: dict[str, Any]) -> str:
    if facts["pretrained"] is None:
        return "none"
    return "installed" if facts["weights_here"] else "download"


def _facts(spec: BackboneSpec) -> dict[str, Any]:
    from transferleaf.backbones.sizes import size_of
    from transferleaf.backbones.weights.here import weights_here

    size = size_of(spec.name)
    return {
        "name": spec.name,
        "stages": list(spec.stage_names),
        "image_size": spec.image_size,
        "parameters": None if size is None else size.parameters,
        "multiply_adds": None if size is None else size.multiply_adds,
        "pretrained": spec.pretrained,
        "weights_here": weights_here(spec.name),
        "license": spec.license,
        "source": spec.source,
    }
