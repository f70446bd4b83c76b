"""The command ``transferleaf advise``: measures a data set and recommends what to train."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from transferleaf.commands.grammar.durations import seconds_of
from transferleaf.commands.grammar.ending import when_stopped
from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.json_output import STDOUT, JsonFile
from transferleaf.commands.grammar.output_files import checked_output_path
from transferleaf.errors import ConfigError, UnknownBackboneError
from transferleaf.process.quiet_start import start_tensorflow_quietly
from transferleaf.text.terminal import Terminal

if TYPE_CHECKING:
    from transferleaf.advice.advice import Advice
    from transferleaf.datasets import LeafDataset
    from transferleaf.ranking.ranking import Ranking

EXAMPLES = examples(
    "transferleaf advise PlantVillage --backbone efficientnet_lite0",
    "transferleaf advise PlantVillage --backbone efficientnet_lite0,resnet50 --json -",
)

DEFAULT_BACKBONE = "resnet50"


def advise(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Photos in any layout, or a table of photos.")
    ],
    backbone: Annotated[
        str,
        typer.Option(
            "--backbone", "-b", metavar="NAME[,NAME...]", help="One network, or several to rank."
        ),
    ] = DEFAULT_BACKBONE,
    image_size: Annotated[
        int | None,
        typer.Option(
            min=32,
            metavar="N",
            help="Height and width of the network's input, in pixels.",
            show_default="the network's",
        ),
    ] = None,
    time_limit: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="Time for training, such as 90s, 10m or 1.5h.",
            show_default="no limit",
        ),
    ] = None,
    augmented: Annotated[
        bool,
        typer.Option(
            "--augmented/--no-augmented",
            help="Measure augmented views of up to 1,000 photos too; not if networks are ranked.",
        ),
    ] = True,
    save_json: JsonFile = None,
    figure: Annotated[
        Path | None,
        typer.Option(
            callback=checked_output_path, metavar="FILE", help="Draw the result, as .png or .svg."
        ),
    ] = None,
) -> None:
    """Recommend what to train, with the expected accuracy and time of each choice.

    Several networks are ranked by accuracy with a frozen base. Photos are not changed. Features are
    stored, so a second call takes seconds.

    Exit code 0: done; 1: failed, and the message says why; 2: wrong usage.
    """
    names = _checked_names(backbone)
    _check_figure(figure)
    limit = None if time_limit is None else seconds_of(time_limit)
    # With JSON on stdout, nothing else may be printed there.
    console = Terminal(stderr=save_json == STDOUT)
    with when_stopped(lambda: ". Computed features are stored: the same command continues."):
        data = _open(folder)
        found = _ask(
            data,
            names,
            image_size=image_size,
            time_limit=limit,
            augmented=augmented and len(names) == 1,
            verbose=0 if console.stderr else 1,
        )
    if len(names) > 1:
        console.print(found)
    console.print(found.best)
    if save_json is not None:
        _write_json(found if len(names) > 1 else found.best, save_json)
    if figure is not None:
        found.best.figure(figure)


def _checked_names(backbone: str) -> list[str]:
    """Refuse unknown networks before the photos are opened."""
    from transferleaf.backbones.registry import is_backbone_name, list_backbones

    names = [name.strip() for name in backbone.split(",") if name.strip()]
    if not names:
        raise typer.BadParameter("--backbone needs the name of a network")
    for name in names:
        if not is_backbone_name(name):
            raise typer.BadParameter(str(UnknownBackboneError(name, available=list_backbones())))
    return list(dict.fromkeys(names))


def _check_figure(figure: Path | None) -> None:
    """Refuse an invalid figure path before the photos are opened."""
    if figure is None:
        return
    from transferleaf.advice.figure import check_drawable

    try:
        check_drawable(figure)
    except ConfigError as error:
        raise typer.BadParameter(str(error)) from None


def _open(folder: Path) -> LeafDataset:
    from transferleaf.datasets import open_leaves

    return open_leaves(folder)


def _ask(
    data: LeafDataset,
    names: list[str],
    *,
    image_size: int | None,
    time_limit: float | None,
    augmented: bool,
    verbose: int,
) -> Ranking:
    start_tensorflow_quietly()
    from transferleaf.advice.advising import advice_on
    from transferleaf.ranking.ranking import rank_backbones

    def of(name: str) -> Advice:
        return advice_on(
            data,
            backbone=name,
            image_size=image_size,
            time_limit=time_limit,
            augmented=augmented,
            verbose=verbose,
        )

    return rank_backbones(names, of)


def _write_json(found: Ranking | Advice, place: str) -> None:
    if place == STDOUT:
        typer.echo(found.to_json())
    else:
        found.save(place)
