"""The command ``transferleaf audit``: checks a data set, and prints and writes the findings."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from transferleaf.commands.grammar.bulk import On
from transferleaf.commands.grammar.ending import when_stopped
from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.json_output import STDOUT, JsonFile
from transferleaf.commands.grammar.output_files import checked_output_path
from transferleaf.errors import (
    ConfigError,
    PretrainedWeightsError,
    SplitError,
    UnknownBackboneError,
)
from transferleaf.quiet_start import start_tensorflow_quietly
from transferleaf.terminal import Terminal, from_strangers
from transferleaf.wording import counted

if TYPE_CHECKING:
    from transferleaf.auditing.evidence import FeatureEvidence
    from transferleaf.auditing.facts import PhotoFacts
    from transferleaf.datasets import Audit, LeafDataset

EXAMPLES = examples(
    "transferleaf audit PlantVillage",
    "transferleaf audit PlantVillage --no-features --json audit.json",
    "transferleaf audit PlantVillage --fix PlantVillage/clean.csv",
)

# For more photos, a network takes minutes on two cores, so it only runs on request.
MOST_PHOTOS = 5_000
DEFAULT_BACKBONE = "efficientnet_lite0"  # works offline, with its installed weights

_NO_FEATURES = "they need the outputs of a network; run without --no-features"
_TOO_MANY = (
    f"they need the outputs of a network, which takes long for more than {MOST_PHOTOS:,} photos; "
    "run with --features"
)


def audit(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Photos in any layout, or a table of photos.")
    ],
    layout: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help='Layout of FOLDER, such as "class folders".',
            show_default="detected",
        ),
    ] = None,
    leaves: Annotated[
        str,
        typer.Option(
            metavar="FILE|near-duplicates",
            help="Which photos show the same leaf: a map, or found by likeness.",
            show_default="from file names",
        ),
    ] = "auto",
    save_json: JsonFile = None,
    fix: Annotated[
        Path | None,
        typer.Option(
            callback=checked_output_path,
            metavar="FILE",
            help="Write a CSV list of the photos without the faulty ones.",
        ),
    ] = None,
    backbone: Annotated[
        str | None,
        typer.Option(
            "--backbone",
            "-b",
            metavar="NAME",
            help="Network for the features.",
            show_default=DEFAULT_BACKBONE,
        ),
    ] = None,
    features: Annotated[
        bool | None,
        typer.Option(
            "--features/--no-features",
            help="Use a network to find wrong labels and photos that are not of leaves.",
            show_default=f"features up to {MOST_PHOTOS:,} photos",
        ),
    ] = None,
    on: On = None,
) -> None:
    """Check a data set for faults before training.

    Finds broken files, duplicates, photos of one leaf in both training and test set, backgrounds
    that reveal the class, wrong labels and more. No photo is changed, moved or deleted.

    Exit code 0: no errors found; 1: errors found; 2: wrong usage.
    """
    _check_backbone(backbone, features)
    _check_is_ours(fix)
    # With JSON on stdout, nothing else may be printed there.
    console = Terminal(stderr=save_json == STDOUT)
    with when_stopped(
        lambda: ". The facts of checked photos are stored: the same command continues."
    ):
        data = _open(folder, layout, leaves)
        facts = _facts(data, on)
        why_not = _why_no_features(len(data), backbone, features)
        if on is not None and why_not is None:
            _fill_store(data, backbone or DEFAULT_BACKBONE, on)
        found = _judge(data, facts, backbone or DEFAULT_BACKBONE, why_not, console)
    console.print(found)
    if save_json is not None:
        _write_json(found, save_json)
    if fix is not None:
        _write_clean(found, data, fix, console)
    raise typer.Exit(bool(found.of_severity("error")))


def _check_backbone(backbone: str | None, features: bool | None) -> None:
    """Refuse unknown networks before the photos are opened."""
    if backbone is None:
        return
    if features is False:
        raise typer.BadParameter("--backbone needs features; leave out --no-features")
    from transferleaf.backbones.registry import is_backbone_name, list_backbones

    if not is_backbone_name(backbone):
        raise typer.BadParameter(str(UnknownBackboneError(backbone, available=list_backbones())))


def _check_is_ours(fix: Path | None) -> None:
    """Refuse to replace a file that is not a manifest."""
    if fix is None:
        return
    from transferleaf.datasets.manifest import is_manifest

    if fix.exists() and not is_manifest(fix):
        raise typer.BadParameter(f"{str(fix)!r} exists and is not a manifest; name another file")


def _open(folder: Path, layout: str | None, leaves: str) -> LeafDataset:
    from transferleaf.datasets import open_leaves

    try:
        return open_leaves(folder, layout=layout, leaves=leaves)
    except ConfigError as error:
        told = error.of_the_command_line(f"--{error.option}")
        raise typer.BadParameter(told) from None


def _facts(data: LeafDataset, on: str | None) -> tuple[PhotoFacts, ...]:
    from transferleaf.auditing.facts import photo_facts

    # On stderr, so that it does not mix with JSON.
    console = Terminal(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("looking at photos", total=len(data))

        def move(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        if on is None:
            return photo_facts(data.paths, progress=move)
        from transferleaf import scaling

        return scaling.photo_facts(data.paths, on=on, progress=move)


def _fill_store(data: LeafDataset, backbone: str, on: str) -> None:
    """Compute the features on Ray workers, so that the audit finds all of them stored."""
    start_tensorflow_quietly()
    from transferleaf.scaling import fill_store

    with suppress(PretrainedWeightsError):  # the audit needs them too, and reports the error
        fill_store(data, backbone=backbone, on=on)


def _why_no_features(photos: int, backbone: str | None, features: bool | None) -> str | None:
    """Return why no network is used; ``None`` if one is used."""
    if features is False:
        return _NO_FEATURES
    asked = features or backbone is not None
    return None if asked or photos <= MOST_PHOTOS else _TOO_MANY


def _judge(
    data: LeafDataset,
    facts: tuple[PhotoFacts, ...],
    backbone: str,
    why_not: str | None,
    console: Console,
) -> Audit:
    from transferleaf.auditing.running import run_checks

    if why_not is not None:
        return run_checks(data, facts, without_evidence=why_not)
    try:
        evidence = _evidence(data, backbone, verbose=0 if console.stderr else 1)
    except (SplitError, PretrainedWeightsError) as error:
        return run_checks(data, facts, without_evidence=str(error).rstrip("."))
    return run_checks(data, facts, evidence=evidence)


def _evidence(data: LeafDataset, backbone: str, *, verbose: int) -> FeatureEvidence:
    start_tensorflow_quietly()
    from transferleaf.training.evidence import feature_evidence

    return feature_evidence(data, backbone=backbone, verbose=verbose)


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
