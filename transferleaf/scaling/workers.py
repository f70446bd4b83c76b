"""The resources of Ray workers, and the interface of their tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from transferleaf.errors import ConfigError
from transferleaf.scaling.parts import Part

Result = TypeVar("Result", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """The resources of Ray workers.

    Attributes:
        cpus: Cores per worker. Default: the cores of the smallest machine, so each machine runs one
            engine on all its cores.
        gpus: GPUs per worker; fractions are possible, as in Ray.
        max_workers: Maximum number of workers. Default: as many as fit on the cluster. Set it for a
            cluster that scales automatically.

    Raises:
        ConfigError: A value is invalid.
    """

    cpus: int | None = None
    gpus: float = 0
    max_workers: int | None = None

    def __post_init__(self) -> None:
        for option, value in (("cpus", self.cpus), ("max_workers", self.max_workers)):
            if value is not None and value < 1:
                raise ConfigError(option, value, "be at least 1")
        if self.gpus < 0:
            raise ConfigError("gpus", self.gpus, "be at least 0")


class Task(Protocol[Result]):
    """A task for parts of the photos. It is sent to each worker, so it must be picklable."""

    @property
    def on_tensorflow(self) -> bool:
        """Whether it needs TensorFlow, which takes seconds to import."""

    def open(self, threads: int | None) -> Callable[[Part], Result]:
        """Prepare the task in a worker, and return a function that processes a part.

        Args:
            threads: Number of cores of the worker. ``None``: all.
        """
