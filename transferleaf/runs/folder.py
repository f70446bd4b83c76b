"""The folder of a run: where its files lie, how it gets its name, and whether it is finished."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from transferleaf.errors import RunFolderError
from transferleaf.runs.config import RunConfig


@dataclass(frozen=True, slots=True)
class RunFolder:
    """All that came of one training run, in files beside each other.

    Attributes:
        path: The folder.
    """

    path: Path

    @classmethod
    def create(cls, config: RunConfig, today: date) -> RunFolder:
        """Make the folder of a new run, with its configuration in it.

        No folder is used twice: where the name is taken, a number follows it.

        Raises:
            OSError: The folder cannot be made.
        """
        output = Path(config.output)
        output.mkdir(parents=True, exist_ok=True)
        base = f"{today:%Y-%m-%d}-{run_name(config)}"
        for number in count(1):
            run = cls(output / (base if number == 1 else f"{base}-{number}"))
            try:
                run.path.mkdir()
            except FileExistsError:
                continue
            break
        run.config.write_text(config.to_toml(), encoding="utf-8")
        run.state.mkdir()
        return run

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """Take the folder of an earlier run.

        Raises:
            RunFolderError: It is none.
        """
        run = cls(path)
        if not run.config.is_file():
            told = "holds no config.toml" if path.is_dir() else "is no folder"
            raise RunFolderError(path, told, "name the folder of a run, such as runs/2026-01-31-x")
        return run

    @property
    def finished(self) -> bool:
        """Whether nothing is left to be done."""
        return self.model.is_file() and not self.state.exists()

    @property
    def model(self) -> Path:
        """The trained classifier."""
        return self.path / "model.keras"

    @property
    def config(self) -> Path:
        """What was asked for; ``transferleaf train --config`` repeats it."""
        return self.path / "config.toml"

    @property
    def split(self) -> Path:
        """The manifest of the parts; ``Split.load(run.split, data_folder)`` reads it."""
        return self.path / "split.csv"

    @property
    def skipped(self) -> Path:
        """Every photo that could not be read and was left out, as JSON."""
        return self.path / "skipped.json"

    @property
    def plan(self) -> Path:
        """The freezing plan."""
        return self.path / "plan.json"

    @property
    def history(self) -> Path:
        """Results of each epoch, as a table; as JSON beside it."""
        return self.path / "history.csv"

    @property
    def report(self) -> Path:
        """The report as JSON; as a page beside it."""
        return self.path / "report.json"

    @property
    def card(self) -> Path:
        """The model card."""
        return self.path / "card.md"

    @property
    def log(self) -> Path:
        """What happened, with times."""
        return self.path / "log.txt"

    @property
    def versions(self) -> Path:
        """Versions of what results depend on."""
        return self.path / "versions.json"

    @property
    def tensorboard(self) -> Path:
        """Logs for TensorBoard."""
        return self.path / "tensorboard"

    @property
    def state(self) -> Path:
        """Where an interrupted training goes on from; gone when the run is finished."""
        return self.path / "state"


def is_run(path: Path) -> bool:
    """Whether ``path`` is the folder of a run, finished or not."""
    return RunFolder(path).config.is_file()


def run_name(config: RunConfig) -> str:
    """Name a run for people and for every file system.

    >>> run_name(RunConfig(data="photos/Plant Village/", backbone="keras_cv:resnet18"))
    'Plant-Village-keras_cv-resnet18'
    """
    name = config.name or f"{Path(config.data).resolve().stem}-{config.backbone}"
    return re.sub(r"[^\w.]+", "-", name).strip("-.") or "run"
