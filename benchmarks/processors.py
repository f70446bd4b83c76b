"""Seconds of processors that a process and all that it starts have had."""

from __future__ import annotations

import threading
from contextlib import suppress
from types import TracebackType

import psutil

INTERVAL = 0.5
"""Seconds between two looks: what a process does after the last one is not seen."""


class Processors:
    """Watches the processes below this one for as long as a ``with`` block takes.

    The system adds the times of a process that has ended to those of its parent only where the
    parent waits for it. Ray's does not, so each process is looked at while it lives, and its last
    times count.

    Example:
        >>> import subprocess, sys
        >>> with Processors() as processors:
        ...     done = subprocess.run([sys.executable, "-c", "sum(range(30_000_000))"])
        >>> processors.seconds > 0.1
        True
    """

    def __init__(self) -> None:
        self._before: dict[psutil.Process, float] = {}
        self._latest: dict[psutil.Process, float] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Processors:
        self.look()
        self._before = dict(self._latest)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        self.look()

    @property
    def seconds(self) -> float:
        """Seconds since the block began, of all processes together, ended ones among them."""
        return sum(self._latest.values()) - sum(self._before.values())

    def _watch(self) -> None:
        while not self._ended.wait(INTERVAL):
            self.look()

    def look(self) -> float:
        """Look at the processes now, and return ``seconds``."""
        with self._lock:
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    times = process.cpu_times()
                    self._latest[process] = times.user + times.system
            return self.seconds
