"""The bench, which runs contenders in turns in separate processes, or loads stored results."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from rich.console import Console

from benchmarks.speed.job import Answer, Job, Places, command_line, read_answer
from benchmarks.speed.lines import Figures
from benchmarks.speed.photos import PhotoFolders
from benchmarks.speed.results import Measurement, Results

_ROOT = Path(__file__).parents[2]

# Optional peers, which may be installed in another environment.
PEERS = {
    "timm_loop": ("torch", "torchvision", "timm"),
    "fastai_learner": ("torch", "torchvision", "timm", "fastai"),
}

_FIND = (
    "import sys; from importlib.util import find_spec; "
    "sys.exit(any(find_spec(name) is None for name in sys.argv[1:]))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of a measurement.

    Attributes:
        runs: The answers of each repeat, one per process.
        missing: The reason if there are none.
    """

    runs: tuple[tuple[Answer, ...], ...] = ()
    missing: str = ""

    def figures(self, title: str, pick: Callable[[tuple[Answer, ...]], float | None]) -> Figures:
        """Return one value of each repeat, with a title."""
        picked = tuple(value for run in self.runs if (value := pick(run)) is not None)
        missing = self.missing or ("" if picked else "not measured")
        return Figures(title=title, values=picked, missing=missing)


@dataclass(kw_only=True)
class Bench:
    """Runs measurements.

    Attributes:
        results: The stored results.
        folders: The photo folders.
        peer_python: The Python with the peers.
        scratch: A folder for stores and files of the processes.
        console: Prints the progress.
        runs_more: Whether to measure missing results, or only load stored ones.
    """

    results: Results
    folders: PhotoFolders
    peer_python: str
    scratch: Path
    console: Console
    runs_more: bool = True
    versions: dict[str, str] = field(default_factory=dict)
    tried: dict[str, Mapping[str, float]] = field(default_factory=dict)

    def in_turn(self, measurements: Mapping[str, Measurement]) -> dict[str, Outcome]:
        """Measure all contenders once, then all a second time, and so on."""
        runs: dict[str, list[tuple[Answer, ...]]] = {title: [] for title in measurements}
        missing: dict[str, str] = {}
        for repeat in range(max(m.repeats for m in measurements.values())):
            for title, measurement in measurements.items():
                if repeat >= measurement.repeats or title in missing:
                    continue
                answers = self._recall_or_run(measurement, repeat)
                if isinstance(answers, str):
                    missing[title] = answers
                else:
                    runs[title].append(answers)
        return {
            title: Outcome(runs=tuple(runs[title]), missing=missing.get(title, ""))
            for title in measurements
        }

    def tuned(self, title: str, measurement: Measurement) -> Measurement:
        """Return the measurement with the fastest settings of the contender.

        The settings are searched once, on a few batches of the same work.
        """
        # The search is independent of these settings, so one search is enough for all rows.
        job = replace(measurement.job, task="tune", epochs=1, epochs_run=1, batch_size=32)
        answers = self._recall_or_run(replace(measurement, job=job, repeats=1, processes=1), 0)
        if isinstance(answers, str):
            return measurement
        self.tried[f"{title}, {job.backbone}, trains {job.trained}"] = answers[0].tried
        return replace(measurement, job=replace(measurement.job, **answers[0].fastest))

    def _recall_or_run(self, measurement: Measurement, repeat: int) -> tuple[Answer, ...] | str:
        measurement = replace(measurement, job=replace(measurement.job, seed=repeat))
        kept = self.results.find(measurement, repeat)
        if kept is None:
            if not self.runs_more:
                return "not measured"
            if not self._installed(measurement.contender):
                return "not installed"
            kept = self._run(measurement, repeat)
        if kept is None:
            return "failed"
        for answer in kept:
            self.versions.update(answer.versions)
        return kept

    def _run(self, measurement: Measurement, repeat: int) -> tuple[Answer, ...] | None:
        photos = self.folders.lay_out(measurement.selection)
        answers = []
        with tempfile.TemporaryDirectory(dir=self.scratch) as store:
            for number in range(measurement.processes):
                weights = self._weights(measurement)
                places = Places(photos=photos, store=Path(store), weights=weights)
                name = _told(measurement, repeat, number)
                answer = self._process(name, measurement.contender, measurement.job, places)
                if answer is None:
                    return None
                answers.append(answer)
        self.results.keep(measurement, repeat, tuple(answers))
        return tuple(answers)

    def _process(self, name: str, contender: str, job: Job, places: Places) -> Answer | None:
        python = self.peer_python if contender in PEERS else sys.executable
        module = f"benchmarks.speed.contenders.{contender}"
        began = time.monotonic()
        with self.console.status(name):
            done = subprocess.run(
                [python, "-m", module, *command_line(job, places)],
                cwd=_ROOT,
                env={**os.environ, "TRANSFERLEAF_CACHE": str(places.store)},
                capture_output=True,
                text=True,
                check=False,
            )
        seconds = time.monotonic() - began
        if done.returncode:
            self.console.print(f"{name}: [red]failed[/red] after {seconds:.0f} s", soft_wrap=True)
            self.console.print(done.stderr[-2000:], markup=False, highlight=False)
            return None
        answer = read_answer(done.stdout)
        self.console.print(
            f"{name}: {_result(answer)} in a process of {seconds:.0f} s", soft_wrap=True
        )
        return answer

    def _installed(self, contender: str) -> bool:
        return contender not in PEERS or _all_found(self.peer_python, PEERS[contender])

    def _weights(self, measurement: Measurement) -> Path:
        """Return the file of pretrained weights for PyTorch, which is written when needed."""
        job = measurement.job
        path = self.scratch / f"{job.backbone}.npz"
        if measurement.contender in PEERS and job.weights and not path.exists():
            places = Places(photos=self.scratch, store=self.scratch, weights=path)
            write = Job(task="weights", backbone=job.backbone, weights=job.weights)
            self._process(f"weights of {job.backbone}", "our_classifier", write, places)
        return path


@cache
def _all_found(python: str, modules: tuple[str, ...]) -> bool:
    return subprocess.run([python, "-c", _FIND, *modules], check=False).returncode == 0


def _result(answer: Answer) -> str:
    if answer.tried:
        return ", ".join(f"{settings} {speed:.1f}/s" for settings, speed in answer.tried.items())
    return f"{answer.seconds or answer.step_seconds:.2f} s"


def _told(measurement: Measurement, repeat: int, process: int) -> str:
    job = measurement.job
    run = f"run {process + 1} of " if measurement.processes > 1 else ""
    photos = measurement.selection.photos or "all"
    return (
        f"{run}repeat {repeat + 1}: {measurement.contender}, {job.task}, {job.backbone}, "
        f"trains {job.trained}, {photos} photos"
    )
