"""A fit that can be killed: its state after each epoch, in one file that is whole or absent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.errors import ResumeError, ResumeMismatchError, ResumeWriteError
from transferleaf.whole_files import remove_abandoned, written_whole

Arrays = list[NDArray[Any]]

_FILE = "fit.npz"
_ARRAYS = ("weights", "optimizer", "best_weights")


@dataclass(kw_only=True)
class FitState:
    """Where a fit stands between two epochs.

    Attributes:
        seed: What seeds its order and changes.
        phase: Number of phases that have ended.
        epoch: Number of epochs of the running phase that have ended.
        stopped: Whether training was asked to stop.
        seconds: How long the running phase has taken.
        frozen: Checksums of what the running phase freezes, from before it.
        records: What became of the phases that ended.
        history: Results of each epoch, by name.
        head_logs: Results of the solved head, by name.
        best_epoch: The best epoch so far; -1: the solved head; -2: nothing was trained.
        best_logs: Its results.
        leader: The gradient epoch with the best results so far, which the solved head may beat.
        leader_logs: Its results.
        schedule: Epochs of the running phase and steps of each, where a time limit chose them.
        validation_seconds: How long a pass over the validation photos takes, where it was measured.
        share: The share of the photos that the time limit left, in (0, 1].
        weights: All weights of the classifier.
        optimizer: The optimizer's variables.
        best_weights: The weights of the best epoch.
    """

    seed: int
    phase: int = 0
    epoch: int = 0
    stopped: bool = False
    seconds: float = 0.0
    frozen: dict[str, str] = field(default_factory=dict)
    records: list[dict[str, Any]] = field(default_factory=list)
    history: dict[str, list[float]] = field(default_factory=dict)
    head_logs: dict[str, float] = field(default_factory=dict)
    best_epoch: int = -2
    best_logs: dict[str, float] = field(default_factory=dict)
    leader: int = -2
    leader_logs: dict[str, float] = field(default_factory=dict)
    schedule: list[int] = field(default_factory=list)
    validation_seconds: float = 0.0
    share: float = 1.0
    weights: Arrays = field(default_factory=list)
    optimizer: Arrays = field(default_factory=list)
    best_weights: Arrays = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ResumeFolder:
    """Where a fit leaves its state.

    Attributes:
        path: A folder of its own for one fit.
        settings: What the fit was asked for; a fit asked for something else may not go on here.
    """

    path: Path
    settings: Mapping[str, Any]

    @staticmethod
    def share_of(path: Path) -> float | None:
        """The share of the photos that an interrupted fit used; ``None`` where it left no state."""
        try:
            with np.load(path / _FILE, allow_pickle=False) as stored:
                return float(json.loads(str(stored["state"]))["share"])
        except Exception:  # absent, damaged or of an older version: load tells
            return None

    def load(self) -> FitState | None:
        """Return the state that was left, ``None`` where none was.

        Raises:
            ResumeError: The file cannot be read.
            ResumeMismatchError: It was left by a fit that was asked for something else.
        """
        file = self.path / _FILE
        if not file.exists():
            return None
        try:
            with np.load(file, allow_pickle=False) as stored:
                values = json.loads(str(stored["state"]))
                arrays = {name: _numbered(stored, name) for name in _ARRAYS}
        except Exception as error:  # a damaged archive fails in many ways
            raise ResumeError(file, f"it is damaged ({error})") from error
        settings = digests(self.settings)
        theirs = values.pop("settings")
        differing = sorted(name for name in settings if settings[name] != theirs.get(name))
        if differing:
            raise ResumeMismatchError(file, differing)
        return FitState(**{**values, **arrays})

    def save(self, state: FitState) -> None:
        """Replace the state that is there, all of it or nothing.

        Raises:
            ResumeWriteError: The folder cannot be written.
        """
        plain = {f.name: getattr(state, f.name) for f in fields(state) if f.name not in _ARRAYS}
        # Callbacks may leave numbers of NumPy in the results of an epoch.
        text = json.dumps({**plain, "settings": digests(self.settings)}, default=float)
        arrays = {
            f"{name}_{number}": array
            for name in _ARRAYS
            for number, array in enumerate(getattr(state, name))
        }
        file = self.path / _FILE
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            remove_abandoned(self.path)
            with written_whole(file) as stream:
                np.savez(stream, state=np.array(text), **arrays)
        except OSError as error:
            raise ResumeWriteError(file, error.strerror or str(error)) from error


def digests(settings: Mapping[str, Any]) -> dict[str, str]:
    """A digest of each setting, so that the names of those that differ can be told."""
    return {
        name: hashlib.sha256(json.dumps(value, sort_keys=True, default=repr).encode()).hexdigest()
        for name, value in settings.items()
    }


def _numbered(stored: Any, name: str) -> Arrays:
    count = sum(1 for key in stored.files if key.rpartition("_")[0] == name)
    return [stored[f"{name}_{number}"] for number in range(count)]
