"""What a contender's process is asked to do and what it answers, as JSON on the command line."""

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
    """One piece of work.

    Attributes:
        task: ``"fit"`` and judge; ``"steps"``: time training steps; ``"predict"`` files;
            ``"floor"``: one bare pass of the engine; ``"tune"``: find the contender's fastest
            settings; ``"weights"``: write pretrained values down for PyTorch.
        backbone: Name of the network.
        weights: ``"imagenet"``, or ``None`` for random ones.
        trained: What trains.
        epochs: Epochs that are to be timed.
        epochs_run: How many of them run; the others cost as much as the later ones that ran.
        image_size: In pixels.
        batch_size: Photos a batch.
        xla: Whether Keras compiles with XLA.
        seed: Seeds shuffling and the new layers.
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
    """Folders and files of a job; they change nothing of what is measured.

    Attributes:
        photos: ``{train,val,test}/Class/photo.jpg``, or for ``"predict"`` a folder of photos.
        store: Where the library keeps features, new for each measurement.
        weights: Pretrained values for PyTorch, or where to write them.
    """

    photos: Path
    store: Path
    weights: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came out.

    Attributes:
        seconds: From opening the photos to the end of the work; models are built before.
        epoch_seconds: Of each epoch that ran.
        step_seconds: Median of the training steps.
        accuracy: On the test photos, where the weights are real and all epochs ran.
        curve: Validation accuracy by epoch.
        curve_from: Which epoch ``curve`` begins with; 0 is a head that was solved.
        memory: Peak resident memory beyond that before the work, in bytes, where it can be told.
        fastest: The settings that ``"tune"`` found.
        tried: Photos a second of all settings that it tried.
        versions: Of what the contender is made of.
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
        """Return the answer whose ``asdict`` gave ``values``."""
        series = {name: tuple(values[name]) for name in ("epoch_seconds", "curve")}
        return cls(**{**values, **series})


def command_line(job: Job, places: Places) -> list[str]:
    """Arguments for a contender's module."""
    folders = {name: str(path) for name, path in asdict(places).items()}
    return [json.dumps(asdict(job)), json.dumps(folders)]


def answer_command_line(work: Callable[[Job, Places], Answer]) -> None:
    """Do the job that the command line names and print the answer; the end of a contender's file.

    Args:
        work: What the contender does.
    """
    job, places = (json.loads(argument) for argument in sys.argv[1:3])
    answer = work(Job(**job), Places(**{name: Path(path) for name, path in places.items()}))
    print(json.dumps(asdict(answer)), flush=True)


def read_answer(output: str) -> Answer:
    """Find the answer in what a contender printed; libraries may have printed lines before it.

    >>> read_answer('Welcome!\\n{"seconds": 2.5, "epoch_seconds": [1.0], "curve": []}').seconds
    2.5
    """
    return Answer.from_dict(json.loads(output.rstrip().splitlines()[-1]))
