"""The interface of an engine: it runs a frozen network on batches of photos, in order."""

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
    """Counts the photos of an engine, and the time for them.

    Times are in seconds on one steady clock, such as ``time.perf_counter``.

    Attributes:
        photos: Number of finished photos.
        busy_seconds: Time in which at least one photo was processed. Waiting for photos does not
            count, so a slow decoder does not make the engine look slow.
        wall_seconds: Time from the start of the first photo to the end of the last one.

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
        """Add ``photos`` that were processed from ``began`` to ``ended``, in order of starts."""
        if self._first is None:
            self._first = self._last = began
        self.photos += photos
        self.busy_seconds += max(0.0, ended - max(began, self._last))
        self._last = max(self._last, ended)
        self.wall_seconds = self._last - self._first

    @property
    def photos_per_second(self) -> float:
        """The number of photos per busy second; 0 before the first."""
        return self.photos / self.busy_seconds if self.busy_seconds else 0.0


class Engine(Protocol):
    """Runs a network with the weights that it had when the engine was opened."""

    @property
    def name(self) -> str:
        """The name of the engine with its version, such as ``"OpenVINO 2026.4.1"``."""

    @property
    def meter(self) -> EngineMeter:
        """The photos and seconds of all runs so far."""

    def run(self, batches: Iterable[Photos]) -> Iterator[Outputs]:
        """Run the network on ``batches``, in order.

        The next photos are requested while earlier ones are processed, so ``batches`` may decode
        them in other threads.

        Args:
            batches: RGB in [0, 255], each ``(batch, height, width, 3)``, uint8 or float32, at the
                input size of the network. Batches may have different sizes of at least one photo.

        Yields:
            The outputs of the network for each batch, in order: float32, first axis ``batch``.
        """
