"""What an engine is: batches of photos in, a frozen network's outputs back in the same order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Photos: TypeAlias = NDArray[Any]
Outputs: TypeAlias = tuple[NDArray[np.float32], ...]


@dataclass(kw_only=True)
class EngineMeter:
    """How many photos an engine took, and how long it worked on them.

    Times are in seconds on one steady clock, such as ``time.perf_counter``.

    Attributes:
        photos: Photos whose outputs are there.
        busy_seconds: Time in which at least one photo was in work. Pauses in which the engine
            waited for photos are left out, so that a slow decoder does not make it look slow.
        wall_seconds: Time from the first photo's begin to the last one's end.

    >>> meter = EngineMeter()
    >>> meter.record(8, began=0.0, ended=2.0)
    >>> meter.record(8, began=1.0, ended=3.0)  # beside the first
    >>> meter.record(8, began=7.0, ended=8.0)  # after a pause
    >>> meter.photos, meter.busy_seconds, meter.wall_seconds, meter.photos_per_second
    (24, 4.0, 8.0, 6.0)
    """

    photos: int = 0
    busy_seconds: float = 0.0
    wall_seconds: float = 0.0
    _first: float | None = None
    _last: float = 0.0

    def record(self, photos: int, *, began: float, ended: float) -> None:
        """Count ``photos`` that were in work from ``began`` to ``ended``; begins never go back."""
        if self._first is None:
            self._first = self._last = began
        self.photos += photos
        self.busy_seconds += max(0.0, ended - max(began, self._last))
        self._last = max(self._last, ended)
        self.wall_seconds = self._last - self._first

    @property
    def photos_per_second(self) -> float:
        """Photos for each busy second; 0 before the first."""
        return self.photos / self.busy_seconds if self.busy_seconds else 0.0


class Engine(Protocol):
    """Runs one network, with the weights that it had when the engine was opened."""

    @property
    def name(self) -> str:
        """What people call it, with its version, such as ``"OpenVINO 2026.4.1"``."""

    @property
    def meter(self) -> EngineMeter:
        """Photos and seconds of all runs so far."""

    def run(self, batches: Iterable[Photos]) -> Iterator[Outputs]:
        """Run the network over ``batches``, one after the other.

        Photos are asked for while earlier ones are in work, so ``batches`` may decode them in
        other threads meanwhile.

        Args:
            batches: RGB in [0, 255], each ``(batch, height, width, 3)`` of uint8 or float32, of
                the size that the network takes; one or more photos, and not always the same number.

        Yields:
            For each batch, in order, the network's outputs: float32, first axis ``batch``.
        """
