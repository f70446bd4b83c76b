"""Stored results, so that an interrupted call can continue."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.speed.job import Answer, Job
from benchmarks.speed.photos import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """The work of a contender on a selection of photos.

    Attributes:
        contender: Name of its module.
        job: The job.
        selection: The photos.
        repeats: Number of repeats, each with another seed.
        processes: Number of consecutive processes with the same store.
    """

    contender: str
    job: Job
    selection: Selection
    repeats: int = 1
    processes: int = 1


class Results:
    """Stored answers, by measurement, photos and machine.

    Args:
        path: A JSON file, which is written atomically after each measurement.
        circumstances: Other properties that affect the results: photos, machine, version.
    """

    def __init__(self, path: Path, circumstances: str) -> None:
        self._path = path
        self._circumstances = circumstances
        self._kept: dict[str, dict[str, Any]] = {}
        if path.exists():
            self._kept = json.loads(path.read_text(encoding="utf-8"))

    def find(self, measurement: Measurement, repeat: int) -> tuple[Answer, ...] | None:
        """Return the answers of a finished measurement, or ``None``."""
        kept = self._kept.get(self._key(measurement, repeat))
        return None if kept is None else tuple(map(Answer.from_dict, kept["answers"]))

    def keep(self, measurement: Measurement, repeat: int, answers: tuple[Answer, ...]) -> None:
        """Store the answers of a measurement."""
        self._kept[self._key(measurement, repeat)] = {
            **self._facts(measurement, repeat),
            "answers": [asdict(answer) for answer in answers],
        }
        self._write()

    def forget(self, contenders: Collection[str]) -> int:
        """Remove the results of some contenders, and return their number."""
        before = len(self._kept)
        self._kept = {
            key: kept for key, kept in self._kept.items() if kept["contender"] not in contenders
        }
        self._write()
        return before - len(self._kept)

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(self._kept, indent=1), encoding="utf-8")
        new.replace(self._path)

    def _facts(self, measurement: Measurement, repeat: int) -> dict[str, Any]:
        return {
            "contender": measurement.contender,
            "job": asdict(measurement.job),
            "selection": asdict(measurement.selection),
            "processes": measurement.processes,
            "repeat": repeat,
            "circumstances": self._circumstances,
        }

    def _key(self, measurement: Measurement, repeat: int) -> str:
        facts = json.dumps(self._facts(measurement, repeat), sort_keys=True)
        return hashlib.sha256(facts.encode()).hexdigest()[:16]
