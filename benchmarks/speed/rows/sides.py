"""The two sides of a comparison: the library and a peer, and their results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from benchmarks.speed.bench import Outcome
from benchmarks.speed.job import Answer, Job
from benchmarks.speed.lines import Figures, Line
from benchmarks.speed.photos import Selection
from benchmarks.speed.results import Measurement
from benchmarks.speed.scale import Scale

LITE, RESNET = "efficientnet_lite0", "resnet50"

PEERS = {"plain Keras": "plain_keras", "timm": "timm_loop", "fastai": "fastai_learner"}

Pick: TypeAlias = Callable[[tuple[Answer, ...]], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The result of a row.

    Attributes:
        lines: The comparisons.
        detail: An additional Markdown table; usually empty.
    """

    lines: tuple[Line, ...]
    detail: str = ""


def weights_of(backbone: str) -> Literal["imagenet"] | None:
    """Return pretrained weights if they are installed. Random ones take the same time."""
    return "imagenet" if backbone == LITE else None


def photos_of(backbone: str, scale: Scale) -> int | None:
    """Return the photos of the rows with a frozen base; fewer for the large network."""
    return scale.photos if backbone == LITE else scale.resnet_photos


def ours(job: Job, selection: Selection, *, repeats: int, processes: int = 1) -> Measurement:
    """Return the measurement of the library."""
    return Measurement(
        contender="our_classifier",
        job=replace(job, epochs_run=job.epochs),
        selection=selection,
        repeats=repeats,
        processes=processes,
    )


def peer(
    contender: str, job: Job, selection: Selection, *, repeats: int, epochs_run: int | None = None
) -> Measurement:
    """Return the measurement of a peer. ``epochs_run``: epochs that run; all if ``None``."""
    run = job.epochs if epochs_run is None else min(job.epochs, epochs_run)
    return Measurement(
        contender=contender,
        job=replace(job, epochs_run=run),
        selection=selection,
        repeats=repeats,
    )


def titled(name: str, measurement: Measurement) -> str:
    """Return the name of a peer with its settings.

    >>> job = Job(task="fit", backbone="resnet50", batch_size=64)
    >>> side = peer("plain_keras", job, Selection(layout="split"), repeats=1)
    >>> titled("plain Keras", side)
    'plain Keras (batch 64, no XLA)'
    """
    job = measurement.job
    xla = ""
    if measurement.contender == "plain_keras":
        xla = ", XLA" if job.xla else ", no XLA"
    return f"{name} (batch {job.batch_size}{xla})"


def with_epochs(title: str, outcome: Outcome) -> str:
    """Return the title of a peer with its shortest and longest epoch.

    >>> answer = Answer(epoch_seconds=(2.0, 3.5))
    >>> with_epochs("plain Keras", Outcome(runs=((answer,),)))
    'plain Keras, epochs of 2.0 to 3.5 s'
    """
    epochs = [second for run in outcome.runs for answer in run for second in answer.epoch_seconds]
    return f"{title}, epochs of {min(epochs):.1f} to {max(epochs):.1f} s" if epochs else title


def seconds(process: int = 0) -> Pick:
    """Return a function for the seconds of a process in a run."""
    return lambda run: run[process].seconds


def gigabytes(process: int) -> Pick:
    """Return a function for the peak memory of a process, in 10^9 bytes."""
    return lambda run: None if (used := run[process].memory) is None else used / 1e9


def accuracy(run: tuple[Answer, ...]) -> float | None:
    """Return the accuracy on the test photos."""
    return run[0].accuracy


def step_seconds(run: tuple[Answer, ...]) -> float | None:
    """Return the seconds per step."""
    return run[0].step_seconds


def own(measured: Mapping[str, Outcome], pick: Pick) -> Figures:
    """Return the results of the library."""
    return measured["ours"].figures("transferleaf", pick)
