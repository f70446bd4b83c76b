"""The job of a contender's process and its answer, as JSON on the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Trained = Literal["head", "last two stages", "all but batch norm", "everything"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The work of one process.

    Attributes:
        task: ``"fit"`` and evaluate; ``"steps"`` to time training steps; ``"predict"`` files;
            ``"floor"`` for a single pass of the engine; ``"tune"`` to find the fastest settings;
            ``"weights"`` to write pretrained weights for PyTorch.
        backbone: Name of the network.
        weights: ``"imagenet"``, or ``None`` for random ones.
        trained: What is trained.
        epochs: Number of epochs to time.
        epochs_run: Number of epochs that run; the others are extrapolated from the later ones.
        image_size: In pixels.
        batch_size: Photos per batch.
        xla: Whether Keras compiles with XLA.
        seed: Seed of shuffling and new layers.
    """

    task: Literal["fit", "steps", "predict", "floor", "tune", "weights"]
    backbone: str
    weights: Literal["imagenet"] | None = None
    trained: Trained = "head"
    epochs: int = 1
    epochs_run: int = 1
    image_size: int = 224
    batch_size: int = 32
    xla: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Folders and files of a job, which do not affect the results.

    Attributes:
        photos: ``{train,val,test}/Class/photo.jpg``, or for ``"predict"`` a folder of photos.
        store: Folder of the feature store, new for each measurement.
        weights: File of pretrained weights for PyTorch.
    """

    photos: Path
    store: Path
    weights: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The result of a job.

    Attributes:
        seconds: From opening the photos to the end of the work, without building the model.
        epoch_seconds: Seconds of each epoch that ran.
        step_seconds: Median of the training steps.
        accuracy: Accuracy on the test photos, if the weights are real and all epochs ran.
        curve: Validation accuracy by epoch.
        curve_from: The first epoch in ``curve``; 0 is a solved head.
        memory: Peak resident memory beyond that before the work, in bytes, if available.
        fastest: The settings that ``"tune"`` found.
        tried: Photos per second of all tried settings.
        versions: Versions of the packages.
    """

    seconds: float = 0.0
    epoch_seconds: tuple[float, ...] = ()
    step_seconds: float = 0.0
    accuracy: float | None = None
    curve: tuple[float, ...] = ()
    curve_from: int = 1
    memory: int | None = None
    fastest: Mapping[str, Any] = field(default_factory=dict)
    tried: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Answer:
        """Create it from the result of ``asdict``."""
        series = {name: tuple(values[name]) for name in ("epoch_seconds", "curve")}
        return cls(**{**values, **series})


def command_line(job: Job, places: Places) -> list[str]:
    """Return the arguments for a contender's module."""
    folders = {name: str(path) for name, path in asdict(places).items()}
    return [json.dumps(asdict(job)), json.dumps(folders)]


def answer_command_line(work: Callable[[Job, Places], Answer]) -> None:
    """Do the job on the command line and print the answer. Called at the end of a contender.

    Args:
        work: The function of the contender.
    """
    job, places = (json.loads(argument) for argument in sys.argv[1:3])
    answer = work(Job(**job), Places(**{name: Path(path) for name, path in places.items()}))
    print(json.dumps(asdict(answer)), flush=True)


def read_answer(output: str) -> Answer:
    """Return the answer in the output of a contender, after lines of other libraries.

    >>> read_answer('Welcome!\\n{"seconds": 2.5, "epoch_seconds": [1.0], "curve": []}').seconds
    2.5
    """
    return Answer.from_dict(json.loads(output.rstrip().splitlines()[-1]))
