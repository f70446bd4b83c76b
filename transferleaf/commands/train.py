"""The command ``transferleaf train``: from photos to a run folder with all that came of them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from transferleaf.commands.ending import INTERRUPTED
from transferleaf.commands.examples import examples
from transferleaf.commands.json_output import STDOUT, JsonFile, console_beside, write_json
from transferleaf.quiet_start import start_tensorflow_quietly

if TYPE_CHECKING:
    from transferleaf.runs.config import RunConfig
    from transferleaf.runs.folder import RunFolder
    from transferleaf.runs.training import RunResult

EXAMPLES = examples(
    "transferleaf train PlantVillage --backbone efficientnet_lite0",
    "transferleaf train leaves --freeze III --epochs 10 --augment --name gentle",
    "transferleaf train --config runs/2026-01-31-leaves/config.toml --seed 1",
)


def train(
    folder: Annotated[
        str | None,
        typer.Argument(metavar="FOLDER", help="Photos, in any layout; or a table of them."),
    ] = None,
    backbone: Annotated[
        str | None, typer.Option(metavar="NAME", help="Network; resnet50 if not given.")
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|none", help="Its weights, none for random ones; imagenet if not given."
        ),
    ] = None,
    freeze: Annotated[
        str | None,
        typer.Option(
            metavar="auto|I|II|III|IV|head",
            help="What to train: decided from evidence, a quadrant's policy, or the head alone.",
        ),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Gradient epochs; the policy's if not given.")
    ] = None,
    image_size: Annotated[
        int | None, typer.Option(min=1, help="Height and width of what the network sees.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of split and training; 0.")] = None,
    augment: Annotated[
        bool | None, typer.Option("--augment/--no-augment", help="Vary the training photos.")
    ] = None,
    views: Annotated[
        int | None, typer.Option(min=0, help="Changed views of each photo; with --augment.")
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(help='Share of right answers that "sure" means; 0.95 if not given.'),
    ] = None,
    val: Annotated[
        float | None, typer.Option(help="Share of the photos to choose by; 0.2 if not given.")
    ] = None,
    test: Annotated[
        float | None, typer.Option(help="Share of the photos to report on; 0.2 if not given.")
    ] = None,
    leaves: Annotated[
        str | None, typer.Option(help="Map of photos to leaves, or near-duplicates.")
    ] = None,
    layout: Annotated[
        str | None, typer.Option(help='Such as "class folders"; recognised if not given.')
    ] = None,
    skip_bad_photos: Annotated[
        bool | None,
        typer.Option(
            "--skip-bad-photos/--no-skip-bad-photos", help="Leave out what cannot be read."
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Of the run, after the date; data and network otherwise.")
    ] = None,
    output: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Where run folders go; runs.")
    ] = None,
    report: Annotated[
        bool | None, typer.Option("--report/--no-report", help="Make report and model card.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The config.toml of a run; other options change it."),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Go on with a run that was interrupted.")
    ] = None,
    save_json: JsonFile = None,
) -> None:
    """Train a classifier, calibrate it, and report on photos of leaves it has never seen.

    Photos are divided by leaf into three parts; a publisher's parts are kept. All that comes of it
    lies in a new folder, runs/DATE-NAME: model, report, model card, plan, history, log, and a
    config.toml that repeats it.

    Exit code 0: trained; 1: not, and the message says why; 2: wrong usage.
    """
    given = {
        "data": _place(folder),
        "backbone": backbone,
        "weights": _place(weights),
        "freeze": freeze,
        "epochs": epochs,
        "image_size": image_size,
        "seed": seed,
        "augment": augment,
        "views": views,
        "precision": precision,
        "val": val,
        "test": test,
        "leaves": _place(leaves),
        "layout": layout,
        "skip_bad_photos": skip_bad_photos,
        "name": name,
        "output": output,
        "report": report,
    }
    options = {key: value for key, value in given.items() if value is not None}
    console = console_beside(save_json)
    asked = _asked(options, config, resume)
    result = _run(asked, resume, console, verbose=0 if save_json == STDOUT else verbosity(console))
    _say_what_next(result, console)
    write_json(result.to_dict(), save_json)


def verbosity(console: Console) -> int:
    """1 for progress bars; 2, a line an epoch, where output is kept or nobody wants colours.

    The bars of Keras are coloured and drawn over and over, wherever they go.
    """
    return 1 if console.is_terminal and not console.no_color else 2


def _place(word: str | None) -> str | None:
    """Write a path in full, so that the run can be repeated from any folder."""
    if word is None or not Path(word).exists():
        return word
    return str(Path(word).absolute())


def _asked(options: Mapping[str, object], config: Path | None, resume: Path | None) -> RunConfig:
    """Bring together what the command line and a configuration file say."""
    from transferleaf.runs.config import RunConfig
    from transferleaf.runs.folder import RunFolder

    if resume is not None:
        if options or config is not None:
            raise typer.BadParameter("--resume goes on as the run began; leave out the rest")
        run = RunFolder.open(resume)
        if run.finished:
            raise typer.BadParameter(f"{str(resume)!r} is finished; --config repeats it")
        return RunConfig.load(run.config)
    if config is not None:
        return replace(RunConfig.load(config), **options)  # type: ignore[arg-type]
    if "data" not in options:
        raise typer.BadParameter("name a FOLDER of photos, or a --config")
    return RunConfig(**options)  # type: ignore[arg-type]


def _run(asked: RunConfig, resume: Path | None, console: Console, *, verbose: int) -> RunResult:
    start_tensorflow_quietly()
    from transferleaf.runs.folder import RunFolder
    from transferleaf.runs.log import RunLog
    from transferleaf.runs.preparing import prepare
    from transferleaf.runs.training import train_run

    def say(text: str) -> None:
        # In whole lines, as people copy paths from here.
        console.print(text, markup=False, soft_wrap=True)

    prepared = prepare(asked)
    if verbose:
        console.print(prepared.split)
    today = datetime.now().date()
    run = RunFolder.create(asked, today) if resume is None else RunFolder(resume)
    log = RunLog(run.log, say)
    log.say(f"The run is kept in {run.path}")
    try:
        return train_run(prepared, run, log, verbose=verbose)
    except KeyboardInterrupt:
        log.say(f"Stopped. Go on with: transferleaf train --resume {_quoted(run)}")
        raise typer.Exit(INTERRUPTED) from None
    except Exception as error:
        log.note(f"failed: {type(error).__name__}: {error}")
        raise


def _quoted(run: RunFolder) -> str:
    return shlex.quote(str(run.path))


def _say_what_next(result: RunResult, console: Console) -> None:
    run = _quoted(result.run)
    lines = [
        "",
        "Next",
        f"  judge it on other photos   transferleaf evaluate {run} FOLDER",
        f"  ask it about photos        transferleaf predict {run} PHOTOS",
        f"  see why it says so         transferleaf explain {run} PHOTOS --output FOLDER",
        f"  use it elsewhere           transferleaf export {run} --format litert",
    ]
    if result.run.report.is_file():
        lines.append(f"  read the report            {result.run.report.with_suffix('.html')}")
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
