"""The folder of a run: its files, its name, and whether the run is finished."""

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
    """The folder with all files of one training run.

    Attributes:
        path: The folder.
    """

    path: Path

    @classmethod
    def create(cls, config: RunConfig, today: date) -> RunFolder:
        """Create the folder of a new run, with its configuration.

        Folders are never reused. If the name exists, a number is appended.

        Raises:
            OSError: The folder cannot be created.
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
        """Open the folder of an earlier run.

        Raises:
            RunFolderError: It is not the folder of a run.
        """
        run = cls(path)
        if not run.config.is_file():
            told = "contains no config.toml" if path.is_dir() else "is not a folder"
            raise RunFolderError(path, told, "name the folder of a run, such as runs/2026-01-31-x")
        return run

    @property
    def finished(self) -> bool:
        """Whether the run is finished."""
        return self.model.is_file() and not self.state.exists()

    @property
    def model(self) -> Path:
        """The trained classifier."""
        return self.path / "model.keras"

    @property
    def config(self) -> Path:
        """The configuration. ``transferleaf train --config`` repeats the run."""
        return self.path / "config.toml"

    @property
    def split(self) -> Path:
        """The manifest of the parts, for ``Split.load(run.split, data_folder)``."""
        return self.path / "split.csv"

    @property
    def skipped(self) -> Path:
        """The unreadable photos that were left out, as JSON."""
        return self.path / "skipped.json"

    @property
    def plan(self) -> Path:
        """The freezing plan."""
        return self.path / "plan.json"

    @property
    def history(self) -> Path:
        """The results of each epoch as CSV. There is a JSON file next to it."""
        return self.path / "history.csv"

    @property
    def report(self) -> Path:
        """The report as JSON. There is an HTML page next to it."""
        return self.path / "report.json"

    @property
    def card(self) -> Path:
        """The model card."""
        return self.path / "card.md"

    @property
    def log(self) -> Path:
        """The log with times."""
        return self.path / "log.txt"

    @property
    def versions(self) -> Path:
        """The versions of the packages that affect the results."""
        return self.path / "versions.json"

    @property
    def tensorboard(self) -> Path:
        """Logs for TensorBoard."""
        return self.path / "tensorboard"

    @property
    def state(self) -> Path:
        """The state for resuming. It is removed when the run is finished."""
        return self.path / "state"


def is_run(path: Path) -> bool:
    """Return whether ``path`` is the folder of a finished or unfinished run."""
    return RunFolder(path).config.is_file()


def run_name(config: RunConfig) -> str:
    """Return a readable name for a run that is valid on every file system.

    >>> run_name(RunConfig(data="photos/Plant Village/", backbone="keras_cv:resnet18"))
    'Plant-Village-keras_cv-resnet18'
    """
    name = config.name or f"{Path(config.data).resolve().stem}-{config.backbone}"
    return re.sub(r"[^\w.]+", "-", name).strip("-.") or "run"
