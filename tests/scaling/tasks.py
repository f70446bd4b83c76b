"""Tasks that fail on purpose. Workers import them from here."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transferleaf.errors import ConfigError
from transferleaf.scaling.parts import Part


@dataclass(frozen=True)
class KilledOnce:
    """Another task, whose worker is killed once before it finishes its second part."""

    task: Any
    marker: Path

    @property
    def on_tensorflow(self) -> bool:
        return self.task.on_tensorflow

    def open(self, threads: int | None) -> Callable[[Part], Any]:
        work = self.task.open(threads)

        def work_or_die(part: Part) -> Any:
            if part.number == 1 and not self.marker.exists():
                self.marker.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return work(part)

        return work_or_die


@dataclass(frozen=True)
class KilledBy:
    """Another task, whose worker is killed whenever it opens one photo."""

    task: Any
    name: str

    @property
    def on_tensorflow(self) -> bool:
        return self.task.on_tensorflow

    def open(self, threads: int | None) -> Callable[[Part], Any]:
        work = self.task.open(threads)

        def work_or_die(part: Part) -> Any:
            if any(
                location.name == self.name and location.shut is None for location in part.photos
            ):
                os.kill(os.getpid(), signal.SIGKILL)
            return work(part)

        return work_or_die


@dataclass(frozen=True)
class Slow:
    """Return the node on which a part was processed, after half a second."""

    on_tensorflow = False

    def open(self, threads: int | None) -> Callable[[Part], str]:
        import ray

        def work(part: Part) -> str:
            time.sleep(0.5)
            return str(ray.get_runtime_context().get_node_id())

        return work


@dataclass(frozen=True)
class Failing:
    """A task that always fails."""

    on_tensorflow = False

    def open(self, threads: int | None) -> Callable[[Part], Any]:
        raise ConfigError("seed", -1, "be at least 0")


@dataclass(frozen=True)
class Threads:
    """Return the number of cores that the worker was granted, and its process."""

    on_tensorflow = False

    def open(self, threads: int | None) -> Callable[[Part], tuple[int | None, int]]:
        return lambda part: (threads, os.getpid())
