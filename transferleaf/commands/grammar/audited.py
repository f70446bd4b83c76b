"""Options to open and audit photos, shared by commands."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from transferleaf.errors import (
    ConfigError,
    PretrainedWeightsError,
    SplitError,
    UnknownBackboneError,
)
from transferleaf.process.quiet_start import start_tensorflow_quietly
from transferleaf.text.terminal import Terminal

if TYPE_CHECKING:
    from transferleaf.auditing.evidence import FeatureEvidence
    from transferleaf.auditing.facts import PhotoFacts
    from transferleaf.datasets import Audit, LeafDataset

# With more photos, a network takes minutes on two cores, and only runs on request.
MOST_PHOTOS = 5_000
DEFAULT_BACKBONE = "efficientnet_lite0"  # its package contains the ImageNet weights

_NO_FEATURES = "they need the outputs of a network; run without --no-features"
_TOO_MANY = (
    f"they need the outputs of a network, which takes long for more than {MOST_PHOTOS:,} photos; "
    "run with --features"
)

Layout = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help='Layout of FOLDER, such as "class folders".', show_default="detected"
    ),
]
Leaves = Annotated[
    str,
    typer.Option(
        metavar="FILE|near-duplicates",
        help="Which photos show the same leaf: a map, or found by likeness.",
        show_default="from file names",
    ),
]
FeatureBackbone = Annotated[
    str | None,
    typer.Option(
        "--backbone",
        "-b",
        metavar="NAME",
        help="Network for the features.",
        show_default=DEFAULT_BACKBONE,
    ),
]
UseFeatures = Annotated[
    bool | None,
    typer.Option(
        "--features/--no-features",
        help="Use a network to find wrong labels and photos that are not of leaves.",
        show_default=f"features up to {MOST_PHOTOS:,} photos",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LookedAt:
    """Photos and their audit.

    Attributes:
        data: The photos.
        facts: Facts of each file.
        evidence: Evidence from a network; ``None`` without a network.
        audit: The audit.
    """

    data: LeafDataset
    facts: tuple[PhotoFacts, ...]
    evidence: FeatureEvidence | None
    audit: Audit


def check_backbone(backbone: str | None, features: bool | None) -> None:
    """Refuse an unknown network before the photos are read.

    Raises:
        BadParameter: It is unknown, or no network is used.
    """
    if backbone is None:
        return
    if features is False:
        raise typer.BadParameter("--backbone needs features; leave out --no-features")
    from transferleaf.backbones.registry import is_backbone_name, list_backbones

    if not is_backbone_name(backbone):
        raise typer.BadParameter(str(UnknownBackboneError(backbone, available=list_backbones())))


def look_at(
    folder: Path,
    *,
    layout: str | None,
    leaves: str,
    backbone: str | None,
    features: bool | None,
    on: str | None = None,
    verbose: int = 1,
) -> LookedAt:
    """Open photos and audit them. Facts and features are stored, so a second call is fast.

    Args:
        folder: The photos.
        layout: The option ``--layout``.
        leaves: The option ``--leaves``.
        backbone: The option ``--backbone``.
        features: The option ``--features``.
        on: The option ``--on``. With ``None``, this process does the work.
        verbose: 0 for no output, 1 for progress bars of the network.

    Raises:
        BadParameter: An option is invalid.
        DataError: The photos cannot be opened.
    """
    data = _open(folder, layout, leaves)
    facts = _facts(data, on)
    why_not = _why_no_features(len(data), backbone, features)
    if on is not None and why_not is None:
        _fill_store(data, backbone or DEFAULT_BACKBONE, on)
    return _judge(data, facts, backbone or DEFAULT_BACKBONE, why_not, verbose)


def _open(folder: Path, layout: str | None, leaves: str) -> LeafDataset:
    from transferleaf.datasets import open_leaves

    try:
        return open_leaves(folder, layout=layout, leaves=leaves)
    except ConfigError as error:
        told = error.of_the_command_line(f"--{error.option}")
        raise typer.BadParameter(told) from None


def _facts(data: LeafDataset, on: str | None) -> tuple[PhotoFacts, ...]:
    from transferleaf.auditing.facts import photo_facts

    def read(move: Callable[[int, int], None]) -> tuple[PhotoFacts, ...]:
        if on is None:
            return photo_facts(data.paths, progress=move)
        from transferleaf import scaling

        return scaling.photo_facts(data.paths, on=on, progress=move)

    # On stderr, separate from JSON, and only on a terminal.
    console = Terminal(stderr=True)
    if not console.is_terminal:
        return read(lambda done, total: None)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("looking at photos", total=len(data))
        return read(lambda done, total: progress.update(task, completed=done, total=total))


def _fill_store(data: LeafDataset, backbone: str, on: str) -> None:
    """Compute the features on Ray first, so that the audit finds them in the store."""
    start_tensorflow_quietly()
    from transferleaf.scaling import fill_store

    with suppress(PretrainedWeightsError):  # the evidence reports it later
        fill_store(data, backbone=backbone, on=on)


def _why_no_features(photos: int, backbone: str | None, features: bool | None) -> str | None:
    """Return why no network is used; ``None`` if one is."""
    if features is False:
        return _NO_FEATURES
    asked = features or backbone is not None
    return None if asked or photos <= MOST_PHOTOS else _TOO_MANY


def _judge(
    data: LeafDataset,
    facts: tuple[PhotoFacts, ...],
    backbone: str,
    why_not: str | None,
    verbose: int,
) -> LookedAt:
    from transferleaf.auditing.running import run_checks

    evidence = None
    if why_not is None:
        try:
            evidence = _evidence(data, backbone, verbose=verbose)
        except (SplitError, PretrainedWeightsError) as error:
            why_not = str(error).rstrip(".")
    found = (
        run_checks(data, facts, without_evidence=why_not or "")
        if evidence is None
        else run_checks(data, facts, evidence=evidence)
    )
    return LookedAt(data=data, facts=facts, evidence=evidence, audit=found)


def _evidence(data: LeafDataset, backbone: str, *, verbose: int) -> FeatureEvidence:
    start_tensorflow_quietly()
    from transferleaf.training.evidence import feature_evidence

    return feature_evidence(data, backbone=backbone, verbose=verbose)
