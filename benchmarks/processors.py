"""CPU time of a process and all its child processes."""

from __future__ import annotations

import threading
from contextlib import suppress
from types import TracebackType

import psutil

INTERVAL = 0.5
"""Seconds between two samples. CPU time after the last sample of a process is not counted."""


class Processors:
    """Watches the child processes during a ``with`` block.

    The system adds the CPU time of an ended process to its parent only if the parent waits for it.
    Ray does not wait, so each process is sampled while it runs, and its last sample counts.

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
        """The CPU time since the start of the block, in seconds, including ended processes."""
        return sum(self._latest.values()) - sum(self._before.values())

    def _watch(self) -> None:
        while not self._ended.wait(INTERVAL):
            self.look()

    def look(self) -> float:
        """Take a sample now, and return ``seconds``."""
        with self._lock:
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    times = process.cpu_times()
                    self._latest[process] = times.user + times.system
            return self.seconds
