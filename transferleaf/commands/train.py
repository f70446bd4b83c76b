"""The command ``transferleaf train``: trains on a folder of photos and writes a run folder."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from transferleaf.commands.grammar.durations import seconds_of
from transferleaf.commands.grammar.ending import is_stop
from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.json_output import STDOUT, JsonFile, console_beside, write_json
from transferleaf.process.interrupts import INTERRUPTED
from transferleaf.process.quiet_start import start_tensorflow_quietly

if TYPE_CHECKING:
    from transferleaf.runs.config import RunConfig
    from transferleaf.runs.folder import RunFolder
    from transferleaf.runs.training import RunResult

EXAMPLES = examples(
    "transferleaf train PlantVillage --backbone efficientnet_lite0",
    "transferleaf train leaves --freeze III --epochs 10 --augment leaf --name gentle",
    "transferleaf train --config runs/2026-01-31-leaves/config.toml --seed 1",
)


def train(
    folder: Annotated[
        str | None,
        typer.Argument(metavar="FOLDER", help="Photos in any layout, or a table of photos."),
    ] = None,
    backbone: Annotated[
        str | None,
        typer.Option("--backbone", "-b", metavar="NAME", help="Network.", show_default="resnet50"),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|none",
            help="Weights of the network; none for random values.",
            show_default="imagenet",
        ),
    ] = None,
    freeze: Annotated[
        str | None,
        typer.Option(
            "--freeze",
            "-f",
            metavar="auto|I|II|III|IV|head",
            help="What to train: decided from the data, a quadrant's policy, or the head alone.",
            show_default="auto",
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            "--epochs",
            "-e",
            min=1,
            metavar="N",
            help="Gradient epochs.",
            show_default="the policy's",
        ),
    ] = None,
    time_limit: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="Time for training, such as 90s, 10m or 1.5h; it chooses the number of steps.",
            show_default="no limit",
        ),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Photos per batch.", show_default="32"),
    ] = None,
    learning_rate: Annotated[
        float | None,
        typer.Option(
            metavar="X", help="Peak learning rate of gradient epochs.", show_default="the policy's"
        ),
    ] = None,
    image_size: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Height and width of the network's input, in pixels.",
            show_default="the network's",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed",
            "-s",
            min=0,
            metavar="N",
            help="Seed of the split and of training.",
            show_default="0",
        ),
    ] = None,
    augment: Annotated[
        str | None,
        typer.Option(
            metavar="leaf|field|none",
            help="Augment the training photos; field also replaces the background.",
            show_default="none",
        ),
    ] = None,
    backgrounds: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help="Background photos for --augment field.",
            show_default="drawn",
        ),
    ] = None,
    head_region: Annotated[
        str | None,
        typer.Option(
            metavar="photo|leaf",
            help="Pool features over the photo, or over the leaf; with --freeze IV or head.",
            show_default="photo",
        ),
    ] = None,
    views: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Augmented views stored per photo; with --augment.",
            show_default="the policy's",
        ),
    ] = None,
    unlabeled: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help="Adapt the head to photos without labels; with --freeze IV or head.",
        ),
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(
            metavar="X",
            help='Share of correct answers that the verdict "sure" promises.',
            show_default="0.95",
        ),
    ] = None,
    val: Annotated[
        float | None,
        typer.Option(metavar="X", help="Share of the photos for validation.", show_default="0.2"),
    ] = None,
    test: Annotated[
        float | None,
        typer.Option(metavar="X", help="Share of the photos for the test.", show_default="0.2"),
    ] = None,
    leaves: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|near-duplicates",
            help="Which photos show the same leaf: a map, or found by likeness.",
            show_default="from file names",
        ),
    ] = None,
    layout: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help='Layout of FOLDER, such as "class folders".',
            show_default="detected",
        ),
    ] = None,
    skip_bad_photos: Annotated[
        bool | None,
        typer.Option(
            "--skip-bad-photos/--no-skip-bad-photos",
            help="Leave out photos that cannot be read, instead of stopping.",
            show_default="no-skip-bad-photos",
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--name",
            "-n",
            metavar="NAME",
            help="Name of the run; its folder is DATE-NAME.",
            show_default="data and network",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help="Folder for run folders.", show_default="runs"
        ),
    ] = None,
    report: Annotated[
        bool | None,
        typer.Option(
            "--report/--no-report", help="Write report and model card.", show_default="report"
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            metavar="FILE",
            help="Repeat the run of this config.toml; other options override it.",
        ),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Continue a run that was interrupted.")
    ] = None,
    save_json: JsonFile = None,
) -> None:
    """Train a classifier, calibrate it, and test it on photos of other leaves.

    Photos are split by leaf into training, validation and test photos; a published split is kept.
    The results are in a new folder, runs/DATE-NAME: model, report, model card, plan, history, log,
    and a config.toml that repeats the run.

    Exit code 0: trained; 1: failed, and the message says why; 2: wrong usage.
    """
    given = {
        "data": _place(folder),
        "backbone": backbone,
        "weights": _place(weights),
        "freeze": freeze,
        "epochs": epochs,
        "time_limit": None if time_limit is None else seconds_of(time_limit),
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "image_size": image_size,
        "seed": seed,
        "augment": augment,
        "backgrounds": _place(backgrounds),
        "head_region": head_region,
        "views": views,
        "unlabeled": _place(unlabeled),
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
    """Return 1 for progress bars, or 2 for one line per epoch if output is redirected or plain.

    Keras always draws its bars with colours and repeatedly.
    """
    return 1 if console.is_terminal and not console.no_color else 2


def _place(word: str | None) -> str | None:
    """Return an absolute path, so that the run can be repeated from any folder."""
    if word is None or not Path(word).exists():
        return word
    return str(Path(word).absolute())


def _asked(options: Mapping[str, object], config: Path | None, resume: Path | None) -> RunConfig:
    """Combine the options of the command line and of a configuration file."""
    from transferleaf.runs.config import RunConfig
    from transferleaf.runs.folder import RunFolder

    if resume is not None:
        if options or config is not None:
            raise typer.BadParameter(
                "--resume continues the run as it was started; leave out the rest"
            )
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
        # Without line breaks, because users copy paths from here.
        console.print(text, markup=False, soft_wrap=True)

    prepared = prepare(asked)
    if verbose:
        console.print(prepared.split)
    today = datetime.now().date()
    run = RunFolder.create(asked, today) if resume is None else RunFolder(resume)
    log = RunLog(run.log, say)
    log.say(f"The run is in {run.path}")
    try:
        return train_run(prepared, run, log, verbose=verbose)
    except (KeyboardInterrupt, Exception) as error:
        if is_stop(error):
            log.say(f"Stopped. Continue with: transferleaf train --resume {_quoted(run)}")
            raise typer.Exit(INTERRUPTED) from None
        with suppress(OSError):  # the disk may be full
            log.note(f"failed: {type(error).__name__}: {error}")
        raise


def _quoted(run: RunFolder) -> str:
    return shlex.quote(str(run.path))


def _say_what_next(result: RunResult, console: Console) -> None:
    run = _quoted(result.run)
    lines = [
        "",
        "Next",
        f"  classify photos            transferleaf predict {run} PHOTOS",
        f"  test it on other photos    transferleaf evaluate {run} FOLDER",
        f"  see what it looks at       transferleaf explain {run} PHOTOS --output FOLDER",
        f"  export it                  transferleaf export {run} --format litert",
    ]
    if result.run.report.is_file():
        lines.append(f"  read the report            {result.run.report.with_suffix('.html')}")
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
