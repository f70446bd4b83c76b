"""The state of a fit after each epoch, in one file that is written atomically."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.errors import ResumeError, ResumeMismatchError, ResumeWriteError
from transferleaf.files.whole_files import remove_abandoned, written_whole
from transferleaf.training.time_limit import Reading

Arrays = list[NDArray[Any]]

_FILE = "fit.npz"
_ARRAYS = ("weights", "optimizer", "best_weights")


@dataclass(kw_only=True)
class FitState:
    """The state of a fit between two epochs.

    Attributes:
        seed: The seed of order and augmentation.
        phase: Number of finished phases.
        epoch: Number of finished epochs of the current phase.
        stopped: Whether a callback requested a stop.
        seconds: Time of the current phase.
        frozen: Checksums of the weights that the current phase freezes, from before the phase.
        records: The records of the finished phases.
        history: Results of each epoch, by name.
        head_logs: Results of the solved head, by name.
        best_epoch: The best epoch so far. -1: the solved head. -2: nothing was trained.
        best_logs: The results of the best epoch.
        leader: The best gradient epoch so far, even if the solved head is better.
        leader_logs: The results of the best gradient epoch.
        schedule: Number of epochs of the current phase and steps per epoch, if a time limit set
            them.
        validation_seconds: Time of a pass over the validation photos, if measured.
        share: The share of the photos that the fit uses because of a time limit, in (0, 1].
        views: The number of augmented views that the fit uses.
        image_size: The image size of the classifier, in pixels.
        advice: The advice as a dictionary, if the photos were measured.
        weights: All weights of the classifier.
        optimizer: The variables of the optimizer.
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
    views: int = 0
    image_size: int = 0
    advice: dict[str, Any] | None = None
    weights: Arrays = field(default_factory=list)
    optimizer: Arrays = field(default_factory=list)
    best_weights: Arrays = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What a fit decides before it trains.

    Attributes:
        reading: The photos and views that it uses.
        image_size: The image size of the classifier, in pixels.
        advice: The advice as a dictionary, if the photos were measured.
    """

    reading: Reading
    image_size: int
    advice: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ResumeFolder:
    """The folder for the state of a fit.

    Attributes:
        path: A separate folder for one fit.
        settings: The settings of the fit. A fit with other settings cannot resume here.
    """

    path: Path
    settings: Mapping[str, Any]

    @staticmethod
    def decisions_of(path: str | PathLike[str] | None) -> Decisions | None:
        """Return what an interrupted fit has decided; ``None`` without a state."""
        if path is None:
            return None
        try:
            with np.load(Path(path) / _FILE, allow_pickle=False) as stored:
                state = json.loads(str(stored["state"]))
                return Decisions(
                    reading=Reading(share=float(state["share"]), views=int(state["views"])),
                    image_size=int(state["image_size"]),
                    advice=state["advice"],
                )
        except Exception:  # missing, damaged or of an older version: load reports it
            return None

    def load(self) -> FitState | None:
        """Return the saved state, or ``None`` if there is none.

        Raises:
            ResumeError: The file cannot be read.
            ResumeMismatchError: A fit with other settings saved it.
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
        """Replace the saved state atomically.

        Raises:
            ResumeWriteError: The folder cannot be written.
        """
        plain = {f.name: getattr(state, f.name) for f in fields(state) if f.name not in _ARRAYS}
        # The results of an epoch may contain NumPy numbers from callbacks.
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
    """Return a digest of each setting, so that an error can name those that differ."""
    return {
        name: hashlib.sha256(json.dumps(value, sort_keys=True, default=repr).encode()).hexdigest()
        for name, value in settings.items()
    }


def _numbered(stored: Any, name: str) -> Arrays:
    count = sum(1 for key in stored.files if key.rpartition("_")[0] == name)
    return [stored[f"{name}_{number}"] for number in range(count)]
