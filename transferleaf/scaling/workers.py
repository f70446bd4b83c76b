"""Workers: what each of them may use, and what it is to do."""

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
    """Work on parts of photos; it travels to each worker, and so must be picklable."""

    @property
    def on_tensorflow(self) -> bool:
        """Whether it needs TensorFlow, which takes seconds to load."""

    def open(self, threads: int | None) -> Callable[[Part], Result]:
        """Make ready, once in each worker, what works on part after part.

        Args:
            threads: Cores that the worker was granted; all of the machine's where ``None``.
        """
