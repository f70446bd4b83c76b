"""The command ``transferleaf backbones``: lists the networks that can be trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from transferleaf.commands.grammar.ending import FOUND
from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.json_output import JsonFile, console_beside, write_json

if TYPE_CHECKING:
    from transferleaf.backbones.spec import BackboneSpec

EXAMPLES = examples(
    "transferleaf backbones", "transferleaf backbones 'resnet*'", "transferleaf backbones --json -"
)


def backbones(
    pattern: Annotated[
        str, typer.Argument(metavar="PATTERN", help='Pattern of names, such as "resnet*".')
    ] = "*",
    save_json: JsonFile = None,
) -> None:
    """List the available backbones.

    Exit code 0: some match; 1: none matches.
    """
    from transferleaf.backbones.registry import get_backbone, list_backbones

    specs = [get_backbone(name) for name in list_backbones(pattern)]
    write_json([_facts(spec) for spec in specs], save_json)
    if not specs:
        told = f"No backbone has a name like '{pattern}'; transferleaf backbones lists all."
        console_beside(save_json).print(told, markup=False)
        raise typer.Exit(FOUND)
    console_beside(save_json).print(_table(specs))


def _table(specs: Sequence[BackboneSpec]) -> Table:
    table = Table("backbone", "stages", "size", "pretrained weights", "licence")
    for spec in specs:
        table.add_row(
            spec.name,
            str(len(spec.stages)),
            f"{spec.image_size} px",
            spec.pretrained or "none",
            spec.license,
        )
    return table


def _facts(spec: BackboneSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "stages": list(spec.stage_names),
        "image_size": spec.image_size,
        "pretrained": spec.pretrained,
        "license": spec.license,
        "source": spec.source,
    }
