"""The command ``transferleaf audit``: checks a data set, and prints and writes the findings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from transferleaf.commands.grammar.audited import (
    FeatureBackbone,
    Layout,
    Leaves,
    UseFeatures,
    check_backbone,
    look_at,
)
from transferleaf.commands.grammar.bulk import On
from transferleaf.commands.grammar.ending import when_stopped
from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.json_output import STDOUT, JsonFile
from transferleaf.commands.grammar.output_files import checked_output_path
from transferleaf.text.terminal import Terminal, from_strangers
from transferleaf.text.wording import counted

if TYPE_CHECKING:
    from transferleaf.datasets import Audit, LeafDataset

EXAMPLES = examples(
    "transferleaf audit PlantVillage",
    "transferleaf audit PlantVillage --no-features --json audit.json",
    "transferleaf audit PlantVillage --fix PlantVillage/clean.csv",
)


def audit(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Photos in any layout, or a table of photos.")
    ],
    layout: Layout = None,
    leaves: Leaves = "auto",
    save_json: JsonFile = None,
    fix: Annotated[
        Path | None,
        typer.Option(
            callback=checked_output_path,
            metavar="FILE",
            help="Write a CSV list of the photos without the faulty ones.",
        ),
    ] = None,
    backbone: FeatureBackbone = None,
    features: UseFeatures = None,
    on: On = None,
) -> None:
    """Check a data set for faults before training.

    Finds broken files, duplicates, photos of one leaf in both training and test set, backgrounds
    that reveal the class, wrong labels and more. No photo is changed, moved or deleted.

    Exit code 0: no errors found; 1: errors found; 2: wrong usage.
    """
    check_backbone(backbone, features)
    _check_is_ours(fix)
    # With JSON on stdout, nothing else may be printed there.
    console = Terminal(stderr=save_json == STDOUT)
    with when_stopped(
        lambda: ". The facts of checked photos are stored: the same command continues."
    ):
        looked_at = look_at(
            folder,
            layout=layout,
            leaves=leaves,
            backbone=backbone,
            features=features,
            on=on,
            verbose=0 if console.stderr else 1,
        )
    found, data = looked_at.audit, looked_at.data
    console.print(found)
    if save_json is not None:
        _write_json(found, save_json)
    if fix is not None:
        _write_clean(found, data, fix, console)
    raise typer.Exit(bool(found.of_severity("error")))


def _check_is_ours(fix: Path | None) -> None:
    """Refuse to replace a file that is not a manifest."""
    if fix is None:
        return
    from transferleaf.datasets.manifest import is_manifest

    if fix.exists() and not is_manifest(fix):
        raise typer.BadParameter(f"{str(fix)!r} exists and is not a manifest; name another file")


def _write_json(found: Audit, place: str) -> None:
    if place == STDOUT:
        typer.echo(json.dumps(found.to_dict(), indent=1))
    else:
        found.save(place)


def _write_clean(found: Audit, data: LeafDataset, fix: Path, console: Console) -> None:
    removals = found.removals()
    clean = found.clean(data)
    clean.save(fix)
    console.print()
    for removal in removals:
        left_out = f"Left out {counted(len(removal.photos), 'photo')} ({removal.check})"
        console.print(from_strangers(f"{left_out}: {removal.why}."))
    kept = f"{counted(len(clean), 'photo')} of {len(data):,} are listed in {str(fix)!r}"
    console.print(from_strangers(f"{kept}; no photo was changed."))
